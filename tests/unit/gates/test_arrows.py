"""Each arrow of docs/architecture.md, broken once."""

import pytest

from gates import arrows
from tests.unit.gates.conftest import Checkout

CLEAN = {
    "backend/errors.py": "import core_rs\n",
    "bridge/gate/service.py": "from backend import errors\n",
    "core_rs/src/lib.rs": "//! only `py` knows pyo3\npub mod hashing;\n",
    "core_rs/src/py/mod.rs": "use pyo3::prelude::*;\n",
}


def test_arrows_that_point_down_are_fine(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == arrows.main(checkout(CLEAN))
    assert "2 imports in 2 files point the right way; 1 Rust files are pure" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("backend/x.py", "import bridge\n", "backend imports bridge"),
        ("backend/x.py", "from bridge.settings import Settings\n", "backend imports bridge.settings.Settings"),
        ("backend/x.py", "def late():\n    import bridge.app\n", "backend imports bridge.app"),
        ("backend/x.py", "if TYPE_CHECKING:\n    import bridge.app\n", "backend imports bridge.app"),
        ("backend/x.py", "importlib.import_module('bridge.app')\n", "backend imports bridge.app"),
        ("core_rs/x.py", "import backend\n", "core_rs imports backend"),
        ("bridge/about/x.py", "import gates.tree\n", "bridge imports gates.tree"),
        ("backend/x.py", "import tests\n", "backend imports tests"),
        ("bridge/gate/x.py", "from bridge import app\n", "gate imports bridge.app"),
        ("bridge/gate/x.py", "from .. import console\n", "gate imports bridge.console"),
        ("bridge/gate/__init__.py", "from ..realtime import hub\n", "gate imports bridge.realtime.hub"),
        ("bridge/sync/x.py", "import bridge.console\n", "sync imports bridge.console"),
        ("bridge/console/x.py", "import bridge.cli\n", "console imports bridge.cli"),
        ("bridge/settings/x.py", "import bridge.gate\n", "settings imports bridge.gate"),
        ("bridge/keys.py", "import bridge.supervisor\n", "keys imports bridge.supervisor"),
        ("bridge/gate/x.py", "import bridge.supervisor\n", "gate imports bridge.supervisor"),
        ("bridge/daemon/x.py", "import bridge.sync\n", "daemon imports bridge.sync"),
        ("bridge/client/x.py", "import bridge.daemon\n", "client imports bridge.daemon"),
        ("bridge/cellar/x.py", "", "bridge/cellar: has no place among the arrows"),
        ("backend/content/service.py", "import sqlalchemy\n", "sqlalchemy outside of a store"),
        ("backend/content/routes.py", "from sqlalchemy import select\n", "sqlalchemy.select outside of a store"),
        ("bridge/gate/service.py", "import asyncpg\n", "asyncpg outside of a store"),
        ("tests/ledger/service.py", "import sqlalchemy\n", "sqlalchemy outside of a store"),
        ("backend/content/service.py", "import aiohttp\n", "aiohttp outside of a route"),
        ("backend/content/store.py", "from aiohttp import web\n", "aiohttp outside of a route"),
        ("bridge/gate/service.py", "import aiohttp\n", "aiohttp outside of a route"),
        ("core_rs/src/hashing.rs", "use pyo3::Python;\n", "core_rs/src/hashing.rs:1: names pyo3"),
    ],
)
def test_an_arrow_against_the_rule_is_named(
    checkout: Checkout, capsys: pytest.CaptureFixture[str], path: str, source: str, said: str
) -> None:
    assert 1 == arrows.main(checkout({**CLEAN, path: source}))
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("bridge/app.py", "from bridge import gate, console, keys\n"),
        ("bridge/cli/serve.py", "from bridge.supervisor import serve\n"),
        ("bridge/worker/__main__.py", "import bridge.app\n"),
        ("bridge/daemon/x.py", "from bridge.client import sign\n"),
        ("bridge/realtime/x.py", "from bridge.sync import log\n"),
        ("backend/content/store.py", "import sqlalchemy\n"),
        ("backend/content/models.py", "import sqlalchemy\n"),
        ("backend/db/migrations/env.py", "import alembic\n"),
        ("backend/content/routes.py", "import aiohttp\n"),
        ("backend/web/server.py", "import aiohttp\n"),
        ("bridge/supervisor/ops.py", "import aiohttp\n"),
        ("bridge/app.py", "import bridged\n"),
        ("tests/ledger/worker.py", "import aiohttp\n"),
    ],
)
def test_an_arrow_within_the_rule_is_left_alone(checkout: Checkout, path: str, source: str) -> None:
    assert 0 == arrows.main(checkout({**CLEAN, path: source}))


@pytest.mark.parametrize("missing", ["core_rs/src/lib.rs", "backend/errors.py"])
def test_a_walk_over_nothing_is_red(checkout: Checkout, missing: str) -> None:
    kept = {path: text for path, text in CLEAN.items() if path.endswith(".rs") == missing.endswith(".py")}

    assert 1 == arrows.main(checkout(kept))
