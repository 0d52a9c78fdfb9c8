"""Sessions of devices and game servers: how they are opened, what they may do, and their end."""
