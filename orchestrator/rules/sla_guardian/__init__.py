"""Rules of the specialist `sla-guardian`."""
