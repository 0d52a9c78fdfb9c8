from bridge.cli.entry import main

__all__ = ["main"]
