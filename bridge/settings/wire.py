"""Settings on their way to a worker.

The bytes hold the secrets in clear: they go through a pipe, never into argv, environment or a file.
"""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from backend.secret import Secret
from bridge.settings.model import Settings

# By their types, so that none is forgotten.
_SECRETS: Final = tuple(name for name, kind in get_type_hints(Settings).items() if Secret in get_args(kind))


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
    for name in _SECRETS:
        if values[name] is not None:
            values[name] = Secret(values[name])
    return Settings(**values)


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return str(value) if isinstance(value, Path) else value
