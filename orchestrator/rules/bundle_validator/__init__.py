"""Rules of the specialist `bundle-validator`."""
