"""Rules of the specialist `notebook-reviewer`."""
