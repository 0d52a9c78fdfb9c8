from bridge.cli.audit.group import command

__all__ = ["command"]
