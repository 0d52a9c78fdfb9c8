"""`toolboxai pair` and `toolboxai devices`: how a creator alone at their machine lets a Studio install in."""

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from backend.accounts.audit import store as trail_store
from backend.accounts.audit.ids import PLATFORM
from backend.db.database import open_database
from backend.db.unit import Database, Transaction
from backend.errors import PairingDenied
from backend.sealing.opening import open_vault
from bridge.cli import table
from bridge.gate.digits import six_digits
from bridge.gate.identity import bridge_id
from bridge.gate.masters import Masters
from bridge.gate.pairing.asking import Paired, Pairings
from bridge.gate.pairing.codes import shown
from bridge.gate.pairing.store import Asking
from bridge.settings import Settings
from bridge.settings.database import database_config

from .conftest import Ended, Run

T = TypeVar("T")
LAPTOP = Asking("studio", "Ada's laptop", "0.1.0", 95206881, None, "127.0.0.0/24")
NOBODYS = "7" * 26


class Machine:
    """The machine that a bridge runs on: its commands, and what a worker of it does in the same data folder."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._settings = Settings(data_dir=folder)
        self.device_code = ""

    def do(self, *words: str) -> Ended:
        return self._run(*words, "--data-dir", str(self._folder))

    def ask(self, asking: Asking = LAPTOP) -> str:
        """Have a device ask to be let in, and return the code that it shows."""

        async def work(pairings: Pairings, database: Database) -> str:
            begun = await pairings.begin(database, asking)
            self.device_code = begun.device_code.reveal()
            return shown(begun.user_code)

        return self._at_work(work)

    def redeem(self) -> Paired | int:
        async def work(pairings: Pairings, database: Database) -> Paired | int:
            return await pairings.redeem(database, self.device_code)

        return self._at_work(work)

    def told(self, tenant_id: str) -> list[Any]:
        """Return the kinds of what stands in a trail."""

        async def work(_pairings: Pairings, database: Database) -> list[Any]:
            async def unit(tx: Transaction) -> list[Any]:
                return [(each.kind, each.actor_id) for each in await trail_store.events(tx, tenant_id, limit=100)]

            return await database.read(unit)

        return self._at_work(work)

    def _at_work(self, work: Callable[[Pairings, Database], Awaitable[T]]) -> T:
        async def opened() -> T:
            async with open_database(database_config(self._settings)) as database:
                ring = (await open_vault(self._settings.key_path, database)).ring
                return await work(Pairings(ring, Masters(ring, await bridge_id(database))), database)

        return asyncio.run(opened())


@pytest.fixture
def machine(run: Run, home: Path, migrated_folder: Path) -> Machine:
    folder = home / "data"
    shutil.copytree(migrated_folder, folder)
    return Machine(run, folder)


def test_a_creator_alone_needs_nothing_else(machine: Machine) -> None:
    code = machine.ask()
    ended = machine.do("pair", code, "--yes", "--json")
    paired = machine.redeem()

    assert isinstance(paired, Paired)
    assert 0 == ended.code, ended.err
    assert six_digits(bytes.fromhex(paired.device_key.reveal())) == ended.told["digits"]
    assert (paired.device.id, ["sync"]) == (ended.told["device"]["id"], ended.told["device"]["scopes"])
    (home,) = machine.do("tenants", "list", "--json").told["tenants"]
    assert ("Home", "school", paired.tenant_id) == (home["name"], home["kind"], home["id"])
    assert ("device.approved", "command_line") in machine.told(home["id"])


def test_the_next_device_goes_into_the_same_home(machine: Machine) -> None:
    first, second = [machine.do("pair", machine.ask(), "--yes", "--json").told["device"]["id"] for _ in range(2)]
    (home,) = machine.do("tenants", "list", "--json").told["tenants"]

    listed = machine.do("devices", "list", home["id"], "--json").told["devices"]
    assert [first, second] == [each["id"] for each in listed]


def test_what_asks_is_shown_before_anybody_says_yes(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    code = machine.ask()
    asked: list[str] = []

    def confirm(text: str, **_more: object) -> bool:
        asked.append(text)
        return True

    monkeypatch.setattr("click.confirm", confirm)
    ended = machine.do("pair", code.lower())

    assert 0 == ended.code, ended.err
    for told in ("A Studio install", "Ada's laptop", "0.1.0", "95206881", "not named", "127.0.0.0/24"):
        assert told in ended.err
    assert ["Let it into a school of its own, as there is none yet, for sync?"] == asked
    assert re.fullmatch(r"\d{6}\n", ended.out)


def test_without_a_yes_nothing_is_let_in(machine: Machine) -> None:
    code = machine.ask()
    # Nobody can answer here.
    ended = machine.do("pair", code)

    assert 0 != ended.code
    assert "" == ended.out
    assert 5 == machine.redeem()
    assert [] == machine.do("tenants", "list", "--json").told["tenants"]


def test_of_several_schools_one_has_to_be_named(machine: Machine) -> None:
    schools = [machine.do("tenants", "create", name, "--json").told["id"] for name in ("North", "South")]
    code = machine.ask()
    refused = machine.do("pair", code, "--yes")
    assert (2, "") == (refused.code, refused.out)
    assert "--tenant" in refused.err

    ended = machine.do("pair", code, "--tenant", schools[1], "--scopes", "sync, read", "--yes", "--json")

    assert ["sync", "read"] == ended.told["device"]["scopes"]
    assert [ended.told["device"]] == machine.do("devices", "list", schools[1], "--json").told["devices"]
    assert [] == machine.do("devices", "list", schools[0], "--json").told["devices"]


def test_a_pairing_is_refused_and_nothing_is_made(machine: Machine) -> None:
    code = machine.ask()
    ended = machine.do("pair", code, "--deny", "--yes")

    assert (0, "Ada's laptop was refused.\n") == (ended.code, ended.out)
    with pytest.raises(PairingDenied):
        machine.redeem()
    assert [] == machine.do("tenants", "list", "--json").told["tenants"]
    assert ("pairing.denied", "command_line") in machine.told(PLATFORM)
    assert 2 == machine.do("pair", code, "--yes").code


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pair", "BBBB-BBBB", "--yes"), "No pairing with this code waits here"),
        (("pair", "nonsense", "--yes"), "No pairing with this code waits here"),
        (("pair", "BBBB-BBBB", "--yes", "--scopes", "everything"), "scopes"),
        (("pair", "BBBB-BBBB", "--yes", "--tenant", "It's"), "is no id of a district or school"),
        (("pair", "BBBB-BBBB", "--yes", "--tenant", NOBODYS), "There is nothing at this address"),
        (("devices", "list", NOBODYS), "There is nothing at this address"),
        (("devices", "list", "It's"), "is no id of a district or school"),
        (("devices", "revoke", NOBODYS, NOBODYS), "There is nothing at this address"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(machine: Machine, words: tuple[str, ...], told: str) -> None:
    ended = machine.do(*words)

    assert (2, "") == (ended.code, ended.out)
    assert 1 == len(ended.err.splitlines())
    assert told in ended.err


def test_a_scope_that_is_none_for_devices_is_refused(machine: Machine) -> None:
    ended = machine.do("pair", machine.ask(), "--yes", "--scopes", "game")

    assert (2, "") == (ended.code, ended.out)
    assert "sync, publish, read" in ended.err
    assert 5 == machine.redeem()


def test_devices_are_listed_and_ended(machine: Machine) -> None:
    device = machine.do("pair", machine.ask(), "--yes", "--json").told["device"]
    (home,) = machine.do("tenants", "list", "--json").told["tenants"]
    listed = machine.do("devices", "list", home["id"]).out.splitlines()
    assert ["ID", "KIND", "STATE", "APPROVED", "USED", "SCOPES", "NAME"] == listed[0].split()
    cells = [device["id"], "studio", "active", *table.moment(device["approved_at"]).split(), "sync", "Ada's", "laptop"]
    assert cells == listed[1].split()

    ended = [machine.do("devices", "revoke", home["id"], device["id"]) for _ in range(2)]

    assert [f"{device['id']} Ada's laptop has ended.\n"] * 2 == [each.out for each in ended]
    assert "revoked" == machine.do("devices", "list", home["id"], "--json").told["devices"][0]["state"]
    assert 1 == [kind for kind, _ in machine.told(home["id"])].count("device.revoked")


def test_a_second_yes_shows_the_digits_again(machine: Machine) -> None:
    code = machine.ask()
    first, again = [machine.do("pair", code, "--yes", "--json") for _ in range(2)]

    assert first.told == again.told
