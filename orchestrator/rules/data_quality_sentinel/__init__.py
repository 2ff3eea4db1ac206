"""Rules of the specialist `data-quality-sentinel`."""
