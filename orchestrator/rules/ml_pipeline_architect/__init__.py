"""Rules of the specialist `ml-pipeline-architect`."""
