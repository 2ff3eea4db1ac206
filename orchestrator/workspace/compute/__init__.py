"""Compute of the workspace: clusters, warehouses and pipelines, and what they cost."""
