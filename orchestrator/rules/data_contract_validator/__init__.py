"""Rules of the specialist `data-contract-validator`."""
