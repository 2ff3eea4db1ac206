"""Rules of the specialist `automl-expert`."""
