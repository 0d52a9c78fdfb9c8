"""Devices: the Studio installs and daemons that were let in."""
