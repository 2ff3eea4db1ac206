"""The Action: its steps from end to end, what it installs, and the threats that docs/security.md names."""
