"""What crosses the wire of devices."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.ids import Id
from backend.web.words import Line
from bridge.gate.devices.store import Device, State
from bridge.gate.principal import Scope

Name = Annotated[Line, Field(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True)
class DevicesPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class DevicePath:
    tenant_id: Id
    device_id: Id


@dataclass(frozen=True, slots=True)
class Renaming:
    name: Name


@dataclass(frozen=True, slots=True)
class DeviceShown:
    """`ended` is a device that was not used for 30 days; `ends_at` says when it will be."""

    id: str
    kind: str
    name: str
    state: State
    project_id: str | None
    scopes: tuple[Scope, ...]
    approved_at: int
    approved_by_kind: str
    approved_by: str
    used_at: int | None
    ends_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class DevicesShown:
    devices: tuple[DeviceShown, ...]
    next: str | None


def device_shown(device: Device) -> DeviceShown:
    return DeviceShown(
        id=device.id,
        kind=device.kind,
        name=device.name,
        state=device.state,
        project_id=device.project_id,
        scopes=device.scopes,
        approved_at=device.approved_at,
        approved_by_kind=device.approved_by_kind,
        approved_by=device.approved_by,
        used_at=device.used_at,
        ends_at=device.ends_at,
        revoked_at=device.revoked_at,
    )
