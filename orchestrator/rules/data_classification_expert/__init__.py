"""Rules of the specialist `data-classification-expert`."""
