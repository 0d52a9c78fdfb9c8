"""The application that a worker serves, found by the name of its module."""

import importlib
from collections.abc import Callable
from typing import cast

from aiohttp import web

from bridge.settings import Settings

CreateApp = Callable[[Settings], web.Application]


def load(module: str) -> CreateApp:
    """Import `module` and return its `create_app`."""
    return cast("CreateApp", importlib.import_module(module).create_app)
