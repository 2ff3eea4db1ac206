"""The refuter: an independent agent that tries to prove findings wrong, and must quote the code to do so."""
