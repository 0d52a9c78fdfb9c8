"""Pairing: how a Studio install or a daemon is let in, once, by a person."""
