"""Commands that change a workspace by an approved change set: one folder a command, found by its place."""
