"""Whose a key is, found by what is kept of its text."""
