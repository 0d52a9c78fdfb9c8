"""Every module that declares tables, of all packages: the model that the migrations make."""

from typing import Final

from backend.db.migrations import tables
from backend.db.migrations.tables import metadata
from bridge.gate.devices import models as devices
from bridge.gate.pairing import models as pairing
from bridge.gate.sessions import models as sessions

__all__ = ["MODULES", "metadata"]

MODULES: Final = (*tables.MODULES, pairing, devices, sessions)
