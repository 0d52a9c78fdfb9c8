"""docs/routes.md has every route of the public port and every path of the ops port, and no other."""

import ast
import inspect
from pathlib import Path

from bridge.app import create_app
from bridge.keys import ROUTES
from bridge.settings import Settings
from bridge.supervisor import supervise
from tests.docs.pages import rows, sections


def test_every_route_of_the_application_has_a_row(tmp_path: Path) -> None:
    routes = create_app(Settings(data_dir=tmp_path))[ROUTES]
    expected = {route.name: [" ".join(map(str, route.answers)), route.permission] for route in routes}

    assert len(expected) >= 3
    assert expected == {name: cells[1:3] for name, cells in rows(sections("docs/routes.md")["The public port"]).items()}


def test_every_row_says_what_the_route_is_for() -> None:
    found = rows(sections("docs/routes.md")["The public port"])

    assert [] == [name for name, cells in found.items() if len(cells) != 4 or not cells[3]]


def test_every_path_of_the_ops_port_has_a_row() -> None:
    assert pages_of_the_ops_listener() == set(rows(sections("docs/routes.md")["The ops port"]))


def pages_of_the_ops_listener() -> set[str]:
    """The keys of the table that the supervisor gives to `Ops`."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(supervise))) if isinstance(node, ast.Call)]
    (table,) = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Ops"]
    assert isinstance(table, ast.Dict)
    return {key.value for key in table.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
