from bridge.cli.bundle.group import command

__all__ = ["command"]
