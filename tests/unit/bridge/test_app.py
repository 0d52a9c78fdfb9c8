from pathlib import Path

import pytest

from backend.accounts.people import matrix
from backend.web.declaration import RoutesRefused
from backend.web.route import EVERYBODYS, SIGNED
from bridge.app import create_app
from bridge.keys import BOUNDARY, DRAIN, METRICS, READINESS, RIGHTS, ROUTES, SETTINGS, TABLE
from bridge.settings import Settings
from core_rs import Table
from tests.ledger.routes import ROUTES as LEDGER
from tests.ledger.worker import create_app as create_ledger


def test_an_application_is_put_together_without_opening_anything(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "nowhere")
    app = create_app(settings)

    assert settings is app[SETTINGS]
    assert all(key in app for key in (BOUNDARY, DRAIN, METRICS, READINESS, RIGHTS, TABLE))
    assert not settings.data_dir.exists()


def test_its_routes_can_be_walked(tmp_path: Path) -> None:
    names = [route.name for route in create_ledger(Settings(data_dir=tmp_path))[ROUTES]]

    assert {"GET /api/v1/about", "GET /api/v1/openapi.json", "GET /health/live", "GET /health/ready"} <= set(names)
    assert {route.name for route in LEDGER} <= set(names)


def test_every_route_needs_what_the_matrix_has_or_what_everybody_has(tmp_path: Path) -> None:
    needed = {route.permission for route in create_app(Settings(data_dir=tmp_path))[ROUTES]}

    assert needed <= {*matrix.load().permissions, *EVERYBODYS, SIGNED}
    assert {"public", "tenant.read", "apikey.create"} <= needed


def test_the_table_that_is_handed_over_is_the_one_that_is_used(tmp_path: Path) -> None:
    table = Table.in_process()
    app = create_app(Settings(data_dir=tmp_path), table=table)

    assert table is app[TABLE]
    assert create_app(Settings(data_dir=tmp_path))[TABLE] is not table


def test_a_route_that_is_already_there_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    about = create_app(settings)[ROUTES][0]

    with pytest.raises(RoutesRefused, match="GET /api/v1/about is declared twice"):
        create_app(settings, extra_routes=[about])
