"""Rules of the specialist `security-guardian`."""
