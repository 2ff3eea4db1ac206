"""`work-pipeline`: the files of a planned pipeline."""
