"""What happened in a workspace: the audit log read with bounds, and methods that judge it by numbers."""
