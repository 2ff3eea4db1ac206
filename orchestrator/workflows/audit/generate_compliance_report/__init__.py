"""`generate-compliance-report`: the controls of a standard with the evidence that a workspace shows for each."""
