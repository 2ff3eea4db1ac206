"""Who may do what in Unity Catalog, how data is tagged and protected, and the changes that mend it."""
