"""Keys of game servers: bound to experiences, and nothing that this API lets in; on both databases."""

import pytest

from tests.integration.accounts.conftest import School
from tests.ledger.people import SCHOOL
from tests.servers.kinds import on_sqlite

MINE = f"/api/v1/tenants/{SCHOOL}"
KEYS = f"{MINE}/game-keys"
WANTED = {"name": "Fractions", "universes": [1234567890], "places": [7, 8], "networks": ["128.116.0.0/17"]}


async def test_a_key_is_made_shown_once_replaced_and_ended(school: School) -> None:
    made = await school.ask("POST", KEYS, WANTED)
    key = made.json["game_key"]
    target = f"{KEYS}/{key['id']}"
    rotated = await school.ask("POST", f"{target}/rotations", {"overlap_hours": 1})
    ended = [await school.ask("DELETE", target) for _ in range(2)]

    assert (201, "game") == (made.status, made.json["text"].split("_")[1])
    assert WANTED == {name: key[name] for name in WANTED}
    assert (201, False) == (rotated.status, made.json["text"] == rotated.json["text"])
    assert ended[0].json == ended[1].json
    assert ended[0].json["revoked_at"] is not None
    assert 0 == (await school.ask("GET", f"{MINE}/use")).json["used"]["game_keys"]
    listed = (await school.ask("GET", KEYS)).json
    assert [key["id"]] == [each["id"] for each in listed["game_keys"]]
    assert made.json["text"].split("_")[3] not in repr(listed)


async def test_a_game_key_is_no_api_key(school: School) -> None:
    text = (await school.ask("POST", KEYS, WANTED)).json["text"]

    assert 401 == (await school.ask("GET", MINE, who=text)).status


@on_sqlite
@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"universes": []}, "/body/universes"),
        ({"universes": [0]}, "/body/universes/0"),
        ({"universes": ["1"]}, "/body/universes/0"),
        ({"universes": [1, 1]}, "/body/universes"),
        ({"places": [-1]}, "/body/places/0"),
        ({"networks": ["10.0.0.1/8"]}, "/body/networks/0"),
        ({"networks": ["0.0.0.0/0"]}, "/body/networks/0"),
        ({"networks": ["::/0"]}, "/body/networks/0"),
        ({"networks": ["example.org"]}, "/body/networks/0"),
        ({"days": 731}, "/body/days"),
        ({"revoked_at": None}, "/body/revoked_at"),
    ],
)
async def test_what_a_key_cannot_be_is_refused(school: School, wanted: dict[str, object], path: str) -> None:
    refused = await school.ask("POST", KEYS, {**WANTED, **wanted})

    assert (400, "invalid_request") == (refused.status, refused.code)
    assert path in [error["path"] for error in refused.json["errors"]]
