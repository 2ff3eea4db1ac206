"""Template part: a day of rows scored by the version behind an alias."""
