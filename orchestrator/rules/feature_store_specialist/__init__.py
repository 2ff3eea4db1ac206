"""Rules of the specialist `feature-store-specialist`."""
