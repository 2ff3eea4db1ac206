"""`deploy-workflow`: one job of a bundle brought to a target, and run once where that is asked for."""
