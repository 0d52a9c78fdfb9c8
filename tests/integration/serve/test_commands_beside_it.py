"""Commands that change something while the bridge serves: it acts on them with its next request."""

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.serve.bridge_process import BridgeProcess

MODULE = "tests.integration.serve.product_without_poll"
TOOLBOXAI = str(Path(sys.executable).with_name("toolboxai"))
LIMIT_SECONDS = 30


def toolboxai(folder: Path, *words: str) -> Any:
    """Run a command on the data folder, and return what it says in JSON."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TOOLBOXAI_")}
    ended = subprocess.run(
        [TOOLBOXAI, *words, "--json", "--data-dir", folder],
        env=environ,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    return json.loads(ended.stdout)


@pytest.mark.parametrize("end", ["a revoked key", "a suspended school"])
def test_what_a_command_ends_is_ended_with_the_next_request(tmp_path: Path, end: str) -> None:
    with BridgeProcess(tmp_path / "data", module=MODULE).start() as bridge:
        school = toolboxai(bridge.data_dir, "tenants", "create", "Lakeside School")["id"]
        made = toolboxai(bridge.data_dir, "apikeys", "create", school, "Timetable", "--scope", "tenant.read")
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=LIMIT_SECONDS)

        def status() -> int:
            headers = {"Host": f"localhost:{bridge.port}", "Authorization": f"Bearer {made['text']}"}
            connection.request("GET", f"/api/v1/tenants/{school}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status

        assert [200, 200] == [status(), status()]
        if end == "a revoked key":
            toolboxai(bridge.data_dir, "apikeys", "revoke", school, made["api_key"]["id"])
        else:
            toolboxai(bridge.data_dir, "tenants", "suspend", school)
        assert 401 == status()
        connection.close()
        assert 0 == bridge.stop().code
    assert made["text"].split("_")[3] not in bridge.log
