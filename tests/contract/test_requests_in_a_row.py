"""Requests that follow one another along the links of our OpenAPI document: what one makes, the next one asks for.

Schemathesis draws the rows from a fixed seed. Where the product means something else than it expects of every API, that
stands in MEANT_SO with its reason.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance, use_after_free

from tests.contract.access_requests import version_of
from tests.contract.account_requests import Prepared
from tests.contract.made_up import EVERYTHING, LIMIT_SECONDS, Asked, knows_better, make_ready
from tests.ledger.people import SCHOOL

# Hypothesis takes a wait that the outbox draws in the bridge's thread for one that its own strategies drew.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
SEED: Final = 20_261_127
ROWS: Final = 8
STEPS: Final = 8
ROWS_OF_THE_PROOF: Final = 60
STEPS_OF_THE_PROOF: Final = 15
TENANT: Final = "/api/v1/tenants/{tenant_id}"
# Each is walked through on its own, since a row over all addresses seldom comes back to what it has made.
ROOMS: Final = (
    r"^/api/v1/tenants(/\{tenant_id\}(/(suspension|limits|schools|use))?)?$",
    r"^/api/v1/tenants/\{tenant_id\}/api-keys",
    r"^/api/v1/tenants/\{tenant_id\}/game-keys",
    r"^/api/v1/tenants/\{tenant_id\}/grants",
    r"^/api/v1/tenants/\{tenant_id\}/invitations",
)
THE_WHOLE: Final = r"^/api/v1/tenants"
# What is there after it was deleted, and why.
MEANT_SO: Final = {
    f"{TENANT}/api-keys/{{key_id}}": "a key that was ended is shown, so that one sees when",
    f"{TENANT}/game-keys/{{key_id}}": "a key that was ended is shown, so that one sees when",
    f"{TENANT}/suspension": "what is deleted is the suspension: the tenant goes on",
}
# Changes that are right whatever the row has done before.
CHANGES: Final = {f"PATCH {TENANT}": {"name": "Renamed"}, f"PUT {TENANT}/limits": {"people": 7}}
# What only a row reaches: each has to be answered with what it is there for at least once.
REACHED: Final = (
    f"DELETE {TENANT}",
    f"GET {TENANT}/api-keys/{{key_id}}",
    f"DELETE {TENANT}/api-keys/{{key_id}}",
    f"POST {TENANT}/api-keys/{{key_id}}/rotations",
    f"DELETE {TENANT}/game-keys/{{key_id}}",
    f"DELETE {TENANT}/grants/{{grant_id}}",
    f"DELETE {TENANT}/invitations/{{invitation_id}}",
)


async def test_requests_in_a_row_are_answered_as_the_document_says(asked: Asked) -> None:
    done = await ask_in_rows(asked, ROOMS, ROWS, STEPS)

    assert [] == [name for name in REACHED if not done[name]]


@pytest.mark.proof
@pytest.mark.timeout(1200)
async def test_so_it_is_over_many_rows(asked: Asked) -> None:
    done = await ask_in_rows(asked, (*ROOMS, THE_WHOLE), ROWS_OF_THE_PROOF, STEPS_OF_THE_PROOF)

    assert [] == [name for name in (*REACHED, f"PUT {TENANT}/limits") if not done[name]]


@dataclass(frozen=True, slots=True)
class House:
    """What the thread that asks needs of the bridge, which answers in another."""

    port: int
    prepare: Callable[[str], Prepared]
    wait_until_gone: Callable[[str], None]


async def ask_in_rows(asked: Asked, rooms: Sequence[str], rows: int, steps: int) -> Counter[str]:
    """Ask row after row; return how often each operation did what it is there for."""
    loop = asyncio.get_running_loop()

    def prepare(label: str) -> Prepared:
        """Make ready what a request that is right names, and return it."""
        return asyncio.run_coroutine_threadsafe(make_ready(asked, label), loop).result(LIMIT_SECONDS)

    def wait_until_gone(tenant_id: str) -> None:
        """Wait for the deletion that goes on after its answer: whether a row meets its end must not be chance."""
        work = version_of(asked.bridge.app, tenant_id)
        asyncio.run_coroutine_threadsafe(work, loop).result(LIMIT_SECONDS)

    house = House(asked.bridge.port, prepare, wait_until_gone)
    done: Counter[str] = Counter()
    for room in rooms:
        done += await asyncio.to_thread(walk, house, room, rows, steps)
    return done


def walk(house: House, room: str, rows: int, steps: int) -> Counter[str]:
    document = schemathesis.openapi.from_url(f"http://127.0.0.1:{house.port}/api/v1/openapi.json")
    # What is wrong on purpose begins no row; other tests send that.
    document.config.generation.update(modes=[GenerationMode.POSITIVE])
    # Our own links are what is to be followed, not what could be guessed from names.
    document.config.phases.stateful.inference.algorithms = []
    schema = document.include(path_regex=room)
    done: Counter[str] = Counter()
    made: set[str] = set()

    class Row(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            # Each row begins in the same school, or the answers to one would change what is drawn for the next.
            house.prepare(f"GET {TENANT}/api-keys/{{key_id}}")

        def before_call(self, case: Any) -> None:
            make_right(case, house, made)

        def call(self, case: Any, **kwargs: Any) -> Any:
            with requests.Session() as session:
                return case.call(session=session, headers=EVERYTHING.authorization, timeout=LIMIT_SECONDS, **kwargs)

        def after_call(self, response: Any, case: Any) -> None:
            done[case.operation.label] += 200 <= response.status_code < 300
            if case.operation.label == "POST /api/v1/tenants" and response.status_code == 201:
                made.add(response.json()["id"])
            if case.operation.label == f"DELETE {TENANT}" and response.status_code == 202:
                house.wait_until_gone(case.path_parameters["tenant_id"])

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            excluded: list[Any] = [positive_data_acceptance] if knows_better(response) else []
            excluded += [use_after_free] if case.operation.path in MEANT_SO else []
            case.validate_response(response, excluded_checks=excluded)

    seed(SEED)(Row)
    run_state_machine_as_test(
        Row,
        settings=settings(
            max_examples=rows,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return done


def make_right(case: Any, house: House, made: set[str]) -> None:
    """Have a request that begins something begin it, where there is something to begin it in."""
    if case.method == "POST" and "key_id" not in case.path_parameters:
        case.path_parameters = {
            name: value if value in made else SCHOOL for name, value in case.path_parameters.items()
        }
    # Hardly any body that a machine draws is taken.
    label = case.operation.label
    right = house.prepare(label).json if case.method == "POST" else CHANGES.get(label)
    if right is not None:
        case.body = right
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    # What it makes up to say who asks is for the tests of that.
    case.headers.pop("Authorization", None)
    case.cookies = {}
