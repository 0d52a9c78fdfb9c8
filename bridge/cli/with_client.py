"""Commands that talk to a bridge as a device, wherever it runs."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from backend.errors import CheckFailed, FilesError, NotRunning, OperatorError

if TYPE_CHECKING:
    from bridge.client import Client

T = TypeVar("T")
DEVICE_VARIABLE: Final = "TOOLBOXAI_DEVICE"
DEFAULT_DEVICE: Final = "device.json"

device_option: Final = click.option(
    "--device",
    "device",
    type=click.Path(path_type=Path),
    default=DEFAULT_DEVICE,
    envvar=DEVICE_VARIABLE,
    show_default=True,
    metavar="FILE",
    help=f"The file of the device to talk as; {DEVICE_VARIABLE} names it too.",
)


def with_client(device: Path, work: Callable[["Client"], Awaitable[T]]) -> T:
    """Work at the bridge as the device of this file; errors are told as those of a command."""
    import asyncio

    from bridge.client import ClientError, open_device

    async def opened() -> T:
        async with open_device(device) as client:
            return await work(client)

    try:
        return asyncio.run(opened())
    except ClientError as error:
        raise _told(error) from error


def _told(error: Exception) -> OperatorError:
    from bridge.client import DeviceFileFailed, NoAnswer

    sentence = str(error).rstrip(".")
    if isinstance(error, DeviceFileFailed):
        return FilesError(sentence)
    if isinstance(error, NoAnswer):
        return NotRunning(sentence)
    return CheckFailed(sentence)
