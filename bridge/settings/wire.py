"""Settings on their way to a worker.

The bytes hold the secrets in clear: they go through a pipe, never into argv, environment or a file.
"""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from backend.secret import Secret
from bridge.settings.model import Settings


def to_wire(settings: Settings) -> bytes:
    """Return one JSON object on one line."""
    # Whoever serves does not hold what sees the rows of every tenant.
    handed = replace(settings, migration_database_url=None)
    return json.dumps({field.name: _plain(getattr(handed, field.name)) for field in fields(Settings)}).encode()


def from_wire(data: bytes) -> Settings:
    """Return what `to_wire` was given; the other end is our own supervisor, so nothing is checked twice."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(data).items()
    }
    values["data_dir"] = Path(values["data_dir"])
    for name in ("database_url", "mail_password"):
        if values[name] is not None:
            values[name] = Secret(values[name])
    return Settings(**values)


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return str(value) if isinstance(value, Path) else value
