"""Rules of the specialist `lineage-tracker`."""
