"""The systems that can be measured: one file each, found by its place."""
