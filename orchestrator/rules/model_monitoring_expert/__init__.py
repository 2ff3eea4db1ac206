"""Rules of the specialist `model-monitoring-expert`."""
