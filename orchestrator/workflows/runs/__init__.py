"""Runs on disk: their folders, locks, logs, and how they are shown."""
