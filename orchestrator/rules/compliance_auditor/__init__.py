"""Rules of the specialist `compliance-auditor`."""
