"""How the first administrator comes in, and what a key file that does not fit does to a start."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from backend.sealing import key_file
from backend.sealing.master_keys import first
from bridge.settings.model import KEY_FILE_NAME
from tests.integration.serve.bridge_process import BridgeProcess

PASSWORD = "several unrelated words stand here"


def begun(bridge: BridgeProcess) -> dict[str, Any]:
    """Start it, and return what it says of itself."""
    assert bridge.begin().process.stdout is not None
    started: dict[str, Any] = json.loads(bridge.process.stdout.readline())  # type: ignore[union-attr]
    return started


def accept(started: dict[str, Any], link: str) -> int:
    secret = link.partition("#")[2]
    body = {"link": secret, "email": "ada@school.example", "name": "Ada", "password": PASSWORD}
    request = urllib.request.Request(  # noqa: S310 - ours, on loopback, as below
        f"{started['urls'][0]}/api/v1/first-administrator",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_link_is_said_until_somebody_has_used_one(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data") as bridge:
        old = begun(bridge)["first_link"]
        assert bridge.stop_quietly() == 0
    with BridgeProcess(tmp_path / "data") as bridge:
        started = begun(bridge)
        link = started["first_link"]
        assert link.startswith(f"{started['urls'][0]}/welcome#tbx_first_")
        # The one of the start before is worth nothing.
        assert [410, 201, 410] == [accept(started, each) for each in (old, link, link)]
        assert link.partition("#")[2] not in bridge.log
        assert bridge.stop_quietly() == 0
    with BridgeProcess(tmp_path / "data") as bridge:
        assert begun(bridge)["first_link"] is None
        assert bridge.stop_quietly() == 0


def test_it_leads_to_where_people_find_the_bridge(tmp_path: Path) -> None:
    public = {"TOOLBOXAI_PUBLIC_URL": "https://bridge.school.example"}
    with BridgeProcess(tmp_path / "data", settings=public) as bridge:
        assert begun(bridge)["first_link"].startswith("https://bridge.school.example/welcome#tbx_first_")
        assert bridge.stop_quietly() == 0


@pytest.mark.parametrize("is_missing", [True, False])
def test_a_key_file_that_does_not_fit_stops_the_start_in_one_sentence(tmp_path: Path, is_missing: bool) -> None:  # noqa: FBT001
    data = tmp_path / "data"
    with BridgeProcess(data).start() as bridge:
        assert bridge.stop_quietly() == 0
    path = data / KEY_FILE_NAME
    path.unlink()
    if not is_missing:
        key_file.write(path, first(0))
    with BridgeProcess(data).begin() as bridge:
        ended = bridge.wait()

    assert 13 == ended.code
    assert ("is missing" if is_missing else "not the one that this database was sealed with") in ended.error
    assert path.exists() is not is_missing
