"""Results of checks in a few words, and the boundary that keeps one broken check from hiding the others."""

from collections.abc import Callable

from backend.errors import ToolboxError
from bridge.check_result import CheckResult, Verdict


def good(name: str, seen: str) -> CheckResult:
    return CheckResult(name, Verdict.OK, seen)


def doubtful(name: str, seen: str, cure: str) -> CheckResult:
    return CheckResult(name, Verdict.WARN, seen, cure)


def bad(name: str, seen: str, cure: str) -> CheckResult:
    return CheckResult(name, Verdict.FAIL, seen, cure)


def from_error(name: str, error: ToolboxError) -> CheckResult:
    """Turn a sentence of the form "what is wrong: how to mend it" into a result."""
    seen, _, cure = error.sentence.partition(": ")
    return bad(name, seen, cure)


def attempt(name: str, check: Callable[[], CheckResult], broken: Callable[[Exception], None]) -> CheckResult:
    """Run one check; a check that breaks is a finding too, and its error goes to `broken`."""
    try:
        return check()
    except ToolboxError as error:
        return from_error(name, error)
    except Exception as error:  # noqa: BLE001  # the boundary of one check
        broken(error)
        return bad(
            name, f"the check itself broke ({type(error).__name__})", "report it with what `toolboxai version` says"
        )
