"""`enforce-data-lineage`: what a project's code and a workspace's lineage say of tables, and where they part."""
