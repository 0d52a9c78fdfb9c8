from bridge.cli.keys.group import command

__all__ = ["command"]
