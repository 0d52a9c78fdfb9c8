"""A device at a bridge that serves, and the command beside it: what a creator does on the first day."""

import http.client
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from bridge.gate.digits import six_digits
from tests.integration.gate.pairing.conftest import LAPTOP
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.test_commands_beside_it import LIMIT_SECONDS, toolboxai

MODULE = "bridge.app"


def test_a_device_is_let_in_by_the_command_and_ended_by_another(tmp_path: Path, valkey_url: str) -> None:
    with BridgeProcess(tmp_path / "data", module=MODULE, settings=of_workers(2, valkey_url)).start() as bridge:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=LIMIT_SECONDS)

        def post(path: str, body: object) -> tuple[int, Any]:
            headers = {"Host": f"localhost:{bridge.port}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

        _, asked = post("/v1/pair", LAPTOP)
        code = {"device_code": asked["device_code"]}
        assert 202 == post("/v1/pair/redeem", code)[0]
        approved = toolboxai(bridge.data_dir, "pair", asked["user_code"], "--yes")
        status, paired = post("/v1/pair/redeem", code)

        assert 200 == status
        assert approved["digits"] == six_digits(b64decode(paired["device_key"]))
        toolboxai(bridge.data_dir, "devices", "revoke", paired["tenant_id"], paired["device_id"])
        assert 410 == post("/v1/pair/redeem", code)[0]
        connection.close()
        assert 0 == bridge.stop().code
    for secret in (asked["device_code"], asked["user_code"], paired["device_key"]):
        assert secret not in bridge.log
