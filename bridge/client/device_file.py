"""The file in which a device is kept: its owner's alone, and never half written."""

import json
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from bridge.client.address import BridgeAddress
from bridge.client.device import Device
from bridge.client.encoding import base64_text
from bridge.client.errors import AddressRefused, DeviceFileFailed
from bridge.client.fields import Fields, FieldWrong
from bridge.client.keys import KEY_BYTES

FORM: Final = "toolboxai device 1"
PUBLIC_KEY_BYTES: Final = 32
_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077
_MOST_BYTES: Final = 65_536


class DeviceFile:
    """On Windows the folder has to be one of its user's profile, which others cannot read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Device:
        """Read the device; DeviceFileFailed names the file and the cure, and never what is in it."""
        try:
            with self.path.open("rb") as file:
                self._check_rights(os.fstat(file.fileno()))
                content = file.read(_MOST_BYTES)
        except FileNotFoundError:
            raise DeviceFileFailed(f"There is no device in {self.path}: pair this machine first.") from None
        except OSError as error:
            raise DeviceFileFailed(f"The device file {self.path} cannot be read: {error.strerror}.") from None
        try:
            return _parsed(content)
        except (FieldWrong, AddressRefused) as error:
            raise DeviceFileFailed(
                f"The device file {self.path} is damaged ({error}): delete it and pair this machine anew."
            ) from None

    def write(self, device: Device) -> None:
        """Put the device in place in one step: after a power cut there is the old one or the new one."""
        content = json.dumps(_told(device), indent=1).encode("ascii") + b"\n"
        try:
            self._replace(content)
        except OSError as error:
            raise DeviceFileFailed(f"The device file {self.path} cannot be written: {error.strerror}.") from None

    def _replace(self, content: bytes) -> None:
        beside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        # Made with its rights: a file that is narrowed afterwards was open for a moment.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(beside, flags, _OWNER_ONLY)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
        _keep_name(self.path.parent)

    def _check_rights(self, found: os.stat_result) -> None:
        if os.name != "posix":
            return
        if not stat.S_ISREG(found.st_mode):
            raise DeviceFileFailed(f"The device file {self.path} is no file.")
        if found.st_mode & _OTHERS:
            raise DeviceFileFailed(
                f"The device file {self.path} is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}); "
                f"close it with: chmod 600 {self.path}"
            )


def _told(device: Device) -> dict[str, object]:
    return {
        "form": FORM,
        "bridge": device.bridge.url,
        "device_id": device.device_id,
        "key": base64_text(device.key),
        "tenant_id": device.tenant_id,
        "project_id": device.project_id,
        "scopes": list(device.scopes),
        "bridge_id": device.bridge_id,
        "bridge_public_key": base64_text(device.bridge_public_key),
    }


def _parsed(content: bytes) -> Device:
    told = Fields.read(content)
    told.same("form", FORM)
    return Device(
        bridge=BridgeAddress.parse(told.text("bridge")),
        device_id=told.text("device_id"),
        key=told.data("key", length=KEY_BYTES),
        tenant_id=told.text("tenant_id"),
        project_id=told.text_or_none("project_id"),
        scopes=told.texts("scopes"),
        bridge_id=told.text("bridge_id"),
        bridge_public_key=told.data("bridge_public_key", length=PUBLIC_KEY_BYTES),
    )


def _keep_name(folder: Path) -> None:
    """See that the name survives a power cut too, where folders can be told so."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
