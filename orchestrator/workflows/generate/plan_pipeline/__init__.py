"""`plan-pipeline`: a plan of a pipeline, as a page and as a file that work-pipeline builds."""
