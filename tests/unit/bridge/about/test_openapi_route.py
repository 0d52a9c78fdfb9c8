from dataclasses import replace
from pathlib import Path

import pytest

from backend.web.declaration import RoutesRefused
from bridge.about.openapi_route import with_openapi
from bridge.about.routes import routes
from bridge.settings import Settings


def test_the_description_is_a_route_among_the_others(tmp_path: Path) -> None:
    assert ["GET /api/v1/about", "GET /api/v1/openapi.json"] == [
        route.name for route in with_openapi(routes(Settings(data_dir=tmp_path)))
    ]


def test_routes_that_are_declared_wrong_are_not_described(tmp_path: Path) -> None:
    (about,) = routes(Settings(data_dir=tmp_path))
    with pytest.raises(RoutesRefused):
        with_openapi([replace(about, summary="")])
