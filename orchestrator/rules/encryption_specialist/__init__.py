"""Rules of the specialist `encryption-specialist`."""
