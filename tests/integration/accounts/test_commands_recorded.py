"""What a command changes is told to the audit trail as what a route changes is; on both databases."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.audit import store
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.signin.sessions.service import open_signin
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from bridge.cli import main
from tests.audit.keys import FixedKeys
from tests.integration.accounts.acts import NAME
from tests.integration.accounts.conftest import School
from tests.integration.accounts.trails import Told, Trails, added, lines, trails
from tests.ledger.people import SCHOOL

OPERATOR = ("system", "command_line")
GIVEN = {"grant.given", "platform.role_given"}

Do = Callable[..., Any]


@pytest.fixture
def do(
    database_config: DatabaseConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Do:
    """Run a command on the database, and return what it says in JSON, an error too."""
    for name in [name for name in os.environ if "TOOLBOXAI" in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TOOLBOXAI_DATABASE_URL", database_config.url.reveal())
    monkeypatch.setattr("bridge.audit_keys.audit_keys", lambda _settings: FixedKeys())

    def do_it(*words: str) -> Any:
        main((*words, "--json", "--data-dir", str(tmp_path / "data")))
        return json.loads(capsys.readouterr().out)

    return do_it


def recorded(config: DatabaseConfig) -> Trails:
    async def work() -> Trails:
        async with open_database(config) as database:
            return await trails(database)

    return asyncio.run(work())


def kept(config: DatabaseConfig) -> str:
    async def work() -> str:
        async with open_database(config) as database:
            return await lines(database)

    return asyncio.run(work())


def subjects(config: DatabaseConfig, tenant_id: str) -> list[tuple[str, str | None]]:
    """Return of what kind each event of a trail is, and who it is about."""

    async def work() -> list[tuple[str, str | None]]:
        async with open_database(config) as database:
            found = await database.read(lambda tx: store.events(tx, tenant_id, limit=1000))
            return [(each.kind, each.subject_id) for each in sorted(found, key=lambda each: each.number)]

    return asyncio.run(work())


def sign_in(config: DatabaseConfig, person_id: str) -> None:
    async def work() -> None:
        async with open_database(config) as database:
            await database.write(lambda tx: open_signin(tx, person_id, device="Firefox on Linux"))

    asyncio.run(work())


def test_every_command_that_changes_something_is_recorded_as_the_operators_at_the_machine(
    do: Do, database_config: DatabaseConfig
) -> None:
    school = do("tenants", "create", NAME)["id"]
    made = do("apikeys", "create", school, NAME, "--scope", "tenant.read", "--days", "3")
    api_key = made["api_key"]["id"]
    rotated = do("apikeys", "rotate", school, api_key, "--overlap-hours", "2")
    game_key = do("gamekeys", "create", school, NAME, "--universe", "98765432123")["game_key"]["id"]
    do("gamekeys", "rotate", school, game_key)
    for command, key in (("apikeys", api_key), ("gamekeys", game_key), ("apikeys", api_key)):
        do(command, "revoke", school, key)
    for word in ("suspend", "suspend", "resume"):
        do("tenants", word, school)
    do("tenants", "delete", school, "--yes")

    of_school = [
        Told("tenant.created", OPERATOR, {"tenant": school, "kind": "school", "parent": None}),
        Told("apikey.created", OPERATOR, {"key": api_key, "scopes": 1, "days": 3}),
        Told("apikey.rotated", OPERATOR, {"key": api_key, "overlap_hours": 2}),
        Told(
            "gamekey.created",
            OPERATOR,
            {"key": game_key, "universes": 1, "places": 0, "networks": 0, "days": 365},
        ),
        Told("gamekey.rotated", OPERATOR, {"key": game_key, "overlap_hours": 24}),
        Told("apikey.revoked", OPERATOR, {"key": api_key}),
        Told("gamekey.revoked", OPERATOR, {"key": game_key}),
        Told("tenant.suspended", OPERATOR, {"tenant": school}),
        Told("tenant.resumed", OPERATOR, {"tenant": school}),
        Told("tenant.deletion_begun", OPERATOR, {"tenant": school}),
    ]
    of_platform = [each for each in of_school if each.kind.startswith("tenant.")]
    assert {school: of_school, PLATFORM: of_platform} == recorded(database_config)
    words = kept(database_config).lower()
    for canary in (NAME, made["text"], rotated["text"][-20:], "98765432123", "tenant.read"):
        assert canary.lower() not in words
    assert do("audit", "verify")["whole"] is True


def test_what_a_command_does_to_people_and_keys_is_recorded(do: Do, database_config: DatabaseConfig) -> None:
    demo = do("demo")
    school, person = demo["tenants"][2]["id"], demo["people"][-1]["id"]
    before = recorded(database_config)
    invitation = do("people", "invite", school, "canary@school.example", "--role", "school_admin")["id"]
    for word in ("suspend", "suspend", "resume", "operator", "operator", "reset"):
        do("people", word, person)
    sign_in(database_config, person)
    assert [1, 0] == [do("signins", "revoke", person)["ended"] for _ in range(2)]
    do("keys", "rotate", "--prepare")
    assert 2 == do("keys", "rotate")["version"]
    do("keys", "verify")

    of_platform = [
        Told("person.suspended", OPERATOR, {}),
        Told("person.resumed", OPERATOR, {}),
        Told("platform.role_given", OPERATOR, {"role": "platform_operator"}),
        Told("password.link_sent", OPERATOR, {}),
        Told("signin.revoked", OPERATOR, {"reason": "by_admin", "sessions": 1}),
        Told("keys.rotated", OPERATOR, {"purpose": "fields", "version": 2}),
    ]
    invited = Told("person.invited", OPERATOR, {"invitation": invitation, "role": "school_admin"})
    assert {school: [invited], PLATFORM: of_platform} == added(before, recorded(database_config))
    about = dict(subjects(database_config, PLATFORM))
    assert {person} == {about[each.kind] for each in of_platform[:-1]}
    assert "canary@" not in kept(database_config)


def test_a_demo_tells_who_was_given_what(do: Do, database_config: DatabaseConfig) -> None:
    made = do("demo")

    for tenant in (*(each["id"] for each in made["tenants"]), PLATFORM):
        given = [about for kind, about in subjects(database_config, tenant) if kind in GIVEN]
        assert [each["id"] for each in made["people"] if (each["tenant_id"] or PLATFORM) == tenant] == given
    assert "demo.example" not in kept(database_config)


def test_a_command_that_is_refused_leaves_no_event(do: Do, database_config: DatabaseConfig) -> None:
    nobody = "7" * 26
    for words in (
        ("tenants", "create", NAME, "--in", nobody),
        ("tenants", "suspend", nobody),
        ("apikeys", "create", nobody, NAME, "--scope", "tenant.read"),
        ("apikeys", "revoke", nobody, nobody),
        ("gamekeys", "rotate", nobody, nobody),
        ("people", "invite", nobody, "canary@school.example", "--role", "school_admin"),
        ("people", "suspend", nobody),
        ("people", "operator", nobody),
        ("people", "reset", nobody),
        ("signins", "revoke", nobody),
    ):
        assert 2 == do(*words)["error"]["exit_code"]

    assert {} == recorded(database_config)


def test_an_export_is_recorded_where_its_records_are_in_the_file(
    do: Do, database_config: DatabaseConfig, tmp_path: Path
) -> None:
    school, other = (do("tenants", "create", NAME)["id"] for _ in range(2))
    one = do("audit", "export", "--tenant", school, "--to", str(tmp_path / "one"))["export"]
    every = do("audit", "export", "--to", str(tmp_path / "every"))["export"]
    small = do("audit", "export", "--checkpoints-only", "--to", str(tmp_path / "small"))["export"]

    def made(export: str, records: int) -> Told:
        return Told("export.made", OPERATOR, {"export": export, "kind": "audit", "records": records})

    told = recorded(database_config)
    assert [made(one, 1), made(every, 2)] == told[school][1:]
    assert [made(every, 1)] == told[other][1:]
    assert [made(one, 1), made(every, 2 + 1 + 3), made(small, 0)] == told[PLATFORM][2:]
    assert do("audit", "verify", "--checkpoint", str(tmp_path / "small"))["whole"] is True


def test_an_export_that_ends_badly_is_not_recorded(do: Do, database_config: DatabaseConfig, tmp_path: Path) -> None:
    do("tenants", "create", NAME)
    before = recorded(database_config)

    assert 2 == do("audit", "export", "--tenant", "7" * 26, "--to", str(tmp_path / "one"))["error"]["exit_code"]
    assert before == recorded(database_config)


async def test_the_command_compares_with_a_checkpoint_of_the_route(school: School, do: Do, tmp_path: Path) -> None:
    await school.ask("PUT", f"/api/v1/tenants/{SCHOOL}/suspension", who="district_admin")
    answer = await school.ask("GET", f"/api/v1/tenants/{SCHOOL}/audit/checkpoint", who="privacy_officer")
    file = tmp_path / "checkpoint"
    file.write_text(json.dumps(answer.json))
    told = await asyncio.to_thread(do, "audit", "verify", "--checkpoint", str(file))

    assert told["whole"] is True
    assert {SCHOOL: 1, PLATFORM: 1} == {each["tenant_id"]: each["records"] for each in told["trails"]}
    # It is taken for what was signed, and for nothing else.
    file.write_text(json.dumps(answer.json | {"number": 2}))
    refused = await asyncio.to_thread(do, "audit", "verify", "--checkpoint", str(file))
    assert "not signed with the trusted key" in refused["error"]["message"]
