"""`configure-encryption`: the steps to encrypted columns, and who may read their keys and use their function."""
