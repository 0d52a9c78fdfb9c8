"""API keys: a program of a tenant asks with its own permissions."""
