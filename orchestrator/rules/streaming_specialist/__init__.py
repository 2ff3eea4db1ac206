"""Rules of the specialist `streaming-specialist`."""
