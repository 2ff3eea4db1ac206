"""Commands that change a workspace, each on a running sandbox."""
