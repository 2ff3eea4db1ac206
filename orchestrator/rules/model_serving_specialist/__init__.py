"""Rules of the specialist `model-serving-specialist`."""
