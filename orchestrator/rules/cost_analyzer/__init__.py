"""Rules of the specialist `cost-analyzer`."""
