"""When a device is over."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.gate.devices.store import Device
from bridge.gate.principal import Scope

DAY = 86_400_000
NEW = Device(
    id="0" * 26,
    kind="studio",
    name="A laptop",
    project_id=None,
    scopes=(Scope.SYNC,),
    master_version=1,
    generation=1,
    next_master_version=None,
    approved_at=0,
    approved_by_kind="person",
    approved_by="1" * 26,
    signed_at=None,
    used_at=None,
    revoked_at=None,
    version=1,
    now=0,
)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "active"),
        ({"now": 30 * DAY - 1}, "active"),
        ({"now": 30 * DAY}, "ended"),
        ({"used_at": 5 * DAY, "now": 35 * DAY - 1}, "active"),
        ({"used_at": 5 * DAY, "now": 35 * DAY}, "ended"),
        ({"revoked_at": 1}, "revoked"),
        ({"revoked_at": 1, "now": 99 * DAY}, "revoked"),
    ],
)
def test_it_ends_when_it_is_revoked_or_was_not_used_for_thirty_days(changed: dict[str, Any], state: str) -> None:
    device = replace(NEW, **changed)

    assert (state, state != "active") == (device.state, device.is_over)
