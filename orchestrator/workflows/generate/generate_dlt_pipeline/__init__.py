"""`generate-dlt-pipeline`: a declarative pipeline from parameters or a spec."""
