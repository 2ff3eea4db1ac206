"""MCP: what a tool server is made of, how it starts fast, and the client that calls it."""
