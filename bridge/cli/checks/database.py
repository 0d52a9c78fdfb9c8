"""The database: there, ours, and of the form that this version needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import bad, doubtful, good

if TYPE_CHECKING:
    from backend.db.config import DatabaseConfig


def check_database(config: "DatabaseConfig") -> CheckResult:
    from backend.db.migrations.revisions import known
    from bridge.cli.database_state import current_revision, is_there

    if not is_there(config):
        return good("database", f"{config.shown} is not there yet; serve makes it")
    return judge(config.shown, current_revision(config), known())


def judge(shown: str, found: str | None, known: Sequence[str]) -> CheckResult:
    """Compare a database's revision with those of this program, of which the last is the one it needs."""
    head = known[-1]
    if found is None:
        return good("database", f"{shown} is empty; serve fills it")
    if found == head:
        return good("database", f"{shown} is at {found}")
    if found in known:
        return doubtful(
            "database", f"{shown} is at {found}, this version needs {head}", "run `toolboxai migrate`, or start serve"
        )
    return bad(
        "database",
        f"{shown} is at {found}, which this version does not know (it needs {head})",
        "install the version that wrote it, or a newer one",
    )
