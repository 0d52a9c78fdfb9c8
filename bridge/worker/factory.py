"""The application that a worker serves, found by the name of its module."""

import importlib
from typing import Protocol, cast

from aiohttp import web

from bridge.settings import Settings
from core_rs import Table


class CreateApp(Protocol):
    def __call__(self, settings: Settings, *, table: Table | None) -> web.Application: ...


def load(module: str) -> CreateApp:
    """Import `module` and return its `create_app`."""
    return cast("CreateApp", importlib.import_module(module).create_app)
