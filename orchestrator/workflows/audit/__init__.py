"""Commands that read live facts and judge them: one folder a command, found by its place."""
