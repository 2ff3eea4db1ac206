"""Rules of the specialist `audit-log-analyzer`."""
