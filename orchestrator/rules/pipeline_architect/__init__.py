"""Rules of the specialist `pipeline-architect`."""
