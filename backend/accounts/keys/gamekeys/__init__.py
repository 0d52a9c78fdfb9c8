"""Keys of game servers: with one, a running game says which school it belongs to."""
