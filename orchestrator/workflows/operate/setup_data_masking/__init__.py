"""`setup-data-masking`: columns with personal data masked, table by table or by a policy over tags."""
