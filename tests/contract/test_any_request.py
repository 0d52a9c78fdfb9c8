"""Requests that a machine makes up from our own OpenAPI document: no answer is another than the document says.

Schemathesis makes them, from a fixed seed. It calls a request right that its schema allows, and expects it to be taken;
where the product knows more than a schema can say, the refusal stands in KNOWN_BETTER with its reason.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.contract.access_table import PROVED_ELSEWHERE, signed_routes
from tests.contract.account_requests import Prepared
from tests.contract.made_up import EVERYTHING, LIMIT_SECONDS, Asked, knows_better, make_ready, make_real

# Hypothesis takes a wait that the outbox draws in the bridge's thread for one that its own strategies drew.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
EXAMPLES: Final = 8
EXAMPLES_OF_THE_PROOF: Final = 200
# Nobody makes the name of a channel up.
NAMED_IN_THE_QUERY: Final = {f"GET /v1/{name}" for name in ("state", "presence")}


async def test_every_answer_is_one_that_the_document_has(asked: Asked) -> None:
    await ask_all(asked, EXAMPLES)


@pytest.mark.proof
@pytest.mark.timeout(1200)
async def test_so_it_is_over_many_requests(asked: Asked) -> None:
    await ask_all(asked, EXAMPLES_OF_THE_PROOF)


async def ask_all(asked: Asked, examples: int) -> None:
    loop = asyncio.get_running_loop()

    def prepare(label: str) -> Prepared:
        """Make ready what a request that is right names, and return it; called in the thread that asks."""
        work = make_ready(asked, label)
        return asyncio.run_coroutine_threadsafe(work, loop).result(LIMIT_SECONDS)

    # It sends requests in its own thread, while the bridge answers in this one.
    seen = await asyncio.to_thread(ask_everything, asked.bridge.port, prepare, examples)

    never_taken = {name for name, statuses in seen.items() if not any(200 <= each < 300 for each in statuses)}
    signed = {route.name for route in signed_routes()}
    assert {*PROVED_ELSEWHERE, *NAMED_IN_THE_QUERY, *(signed & seen.keys())} == never_taken


def ask_everything(port: int, prepare: Callable[[str], Prepared], examples: int) -> dict[str, set[int]]:
    """Ask every operation many times; return which statuses each was answered with."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/v1/openapi.json")
    seen: dict[str, set[int]] = {}
    # What deletes comes last: the others need what it takes away.
    # An answer that goes on and on is none to be held to a schema.
    whole = (each for found in schema.get_all_operations() if not streams(each := operation_of(found)))
    operations = sorted(
        whole,
        key=lambda each: (each.method == "delete", each.method == "delete" and -len(each.label), each.label),
    )
    for operation in operations:
        seen[operation.label] = set()
        ask(operation, prepare, seen[operation.label], examples)
    return seen


def operation_of(found: Any) -> Any:
    """Return an operation of the document, or raise what is wrong with it."""
    return found.ok()


def streams(operation: Any) -> bool:
    return bool(operation.definition.raw.get("x-streams"))


def takes_signatures_too(operation: Any) -> bool:
    return {"signature": []} in operation.definition.raw["security"] and "x-scopes" in operation.definition.raw


def ask(operation: Any, prepare: Callable[[str], Prepared], statuses: set[int], examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.booleans())
    def example(case: Any, is_real: bool) -> None:  # noqa: FBT001 - drawn
        if is_real:
            make_real(case, prepare(operation.label))
        # What it makes up to say who asks is for the tests of that.
        case.headers.pop("Authorization", None)
        case.cookies = {}
        with requests.Session() as session:
            response = case.call(session=session, headers=EVERYTHING.authorization, timeout=LIMIT_SECONDS)
        statuses.add(response.status_code)
        excluded: list[Any] = [positive_data_acceptance] if knows_better(response) else []
        if takes_signatures_too(operation):
            # A signature that is none is malformed, where other credentials that are wrong are nobody's.
            excluded.append(ignored_auth)
        case.validate_response(response, excluded_checks=excluded)

    example()
