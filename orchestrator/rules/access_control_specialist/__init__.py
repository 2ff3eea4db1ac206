"""Rules of the specialist `access-control-specialist`."""
