"""Rules of the specialist `delta-sharing-expert`."""
