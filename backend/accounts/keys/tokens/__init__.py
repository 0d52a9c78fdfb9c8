"""Tokens for programs: a key is exchanged for a short access token and a refresh token that is used once."""
