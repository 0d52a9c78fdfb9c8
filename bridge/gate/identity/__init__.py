"""The one name of this installation."""

from bridge.gate.identity.service import bridge_id

__all__ = ["bridge_id"]
