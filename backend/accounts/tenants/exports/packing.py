"""The zip of an export, written as it comes; the same rows make the same bytes."""

from collections.abc import AsyncIterator
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from backend.accounts.tenants.exports.folder import in_thread

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_OWNER_ONLY: Final = 0o600 << 16


class ExportTooLarge(Exception):
    """The file would be larger than one that can be sent."""


class Packing:
    def __init__(self, file: BinaryIO, *, largest_bytes: int) -> None:
        self._file = file
        self._largest_bytes = largest_bytes
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)

    async def add(self, name: str, chunks: AsyncIterator[bytes]) -> None:
        info = ZipInfo(name, _LONG_AGO)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = _OWNER_ONLY
        with self._zip.open(info, "w", force_zip64=True) as entry:
            async for chunk in chunks:
                await in_thread(lambda chunk=chunk: entry.write(chunk))  # type: ignore[misc]
                self.check()
        self.check()

    async def end(self) -> None:
        """Write the list of what is in it; called also where something failed, as it holds the file."""
        await in_thread(self._zip.close)

    def check(self) -> None:
        if self._file.tell() > self._largest_bytes:
            raise ExportTooLarge
