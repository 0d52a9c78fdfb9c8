from bridge.cli.people.group import command

__all__ = ["command"]
