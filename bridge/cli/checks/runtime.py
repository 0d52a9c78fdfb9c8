"""The programs that this one stands on."""

import importlib
import warnings
from collections.abc import Callable
from typing import Final

from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import bad, doubtful, good

_PYTHON: Final = (3, 11)
# Below 3.35 there is no RETURNING, which the statements use; below 3.40 nobody has run our tests.
_SQLITE: Final = (3, 35, 0)
_SQLITE_TESTED: Final = (3, 40, 0)


def check_python(version: tuple[int, ...]) -> CheckResult:
    seen = _dotted(version[:3])
    if version < _PYTHON:
        return bad("python", f"{seen}, but {_dotted(_PYTHON)} is needed", "install a newer Python and start with it")
    return good("python", seen)


def check_sqlite(version: tuple[int, ...]) -> CheckResult:
    seen = _dotted(version)
    if version < _SQLITE:
        cure = "install a Python that was built with a newer SQLite, or use PostgreSQL (TOOLBOXAI_DATABASE_URL)"
        return bad("sqlite", f"{seen}, but {_dotted(_SQLITE)} is needed", cure)
    if version < _SQLITE_TESTED:
        return doubtful(
            "sqlite", seen, f"versions below {_dotted(_SQLITE_TESTED)} are not tested; take a newer one if you can"
        )
    return good("sqlite", seen)


def check_core(load: Callable[[str], object] = importlib.import_module) -> CheckResult:
    """Import the Rust core, which refuses a stale build by itself."""
    cure = "run `make build` in a source tree, or install the wheel for this platform again"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a debug build; the flag below says the same
        try:
            load("core_rs")
            private = load("core_rs._core")
        except ImportError as error:
            return bad("core", f"cannot be used ({error})", cure)
    if getattr(private, "DEBUG_BUILD", False):
        return doubtful("core", "is a debug build, and many times slower", cure)
    return good("core", f"built from sources {str(getattr(private, 'SOURCES_DIGEST', ''))[:12]}")


def check_uvloop(
    platform: str, implementation: str, load: Callable[[str], object] = importlib.import_module
) -> CheckResult:
    if platform == "win32" or implementation != "CPython":
        return good("uvloop", f"not used on {platform} with {implementation}; asyncio does its work")
    try:
        load("uvloop")
    except ImportError:
        return doubtful(
            "uvloop", "cannot be imported, so the bridge is slower", "install the program with its dependencies again"
        )
    return good("uvloop", "present")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
