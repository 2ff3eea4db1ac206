"""Rules of the specialist `delta-lake-expert`."""
