"""Rules of the specialist `unity-catalog-expert`."""
