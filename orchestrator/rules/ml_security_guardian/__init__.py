"""Rules of the specialist `ml-security-guardian`."""
