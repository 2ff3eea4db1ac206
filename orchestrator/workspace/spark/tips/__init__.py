"""The kinds of tips, one file each, found by their place."""
