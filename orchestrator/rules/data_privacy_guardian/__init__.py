"""Rules of the specialist `data-privacy-guardian`."""
