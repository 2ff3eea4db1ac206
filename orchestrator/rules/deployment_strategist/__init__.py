"""Rules of the specialist `deployment-strategist`."""
