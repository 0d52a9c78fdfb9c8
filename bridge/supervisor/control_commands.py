"""What the control socket understands. A later command is one more entry in this table."""

from collections.abc import Callable, Mapping

from bridge.supervisor.control_server import Command
from bridge.supervisor.status import Status
from bridge.worker.json_value import JsonObject


def commands(status: Status, stop: Callable[[], None], rights_changed: Callable[[], None]) -> Mapping[str, Command]:
    async def tell_status(_request: JsonObject) -> JsonObject:
        return status.as_json()

    async def begin_to_stop(_request: JsonObject) -> JsonObject:
        stop()
        return {"stopping": True}

    async def have_rights_read_anew(_request: JsonObject) -> JsonObject:
        rights_changed()
        return {}

    return {"status": tell_status, "stop": begin_to_stop, "rights-changed": have_rights_read_anew}
