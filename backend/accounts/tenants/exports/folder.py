"""Where the files of exports lie: on the host that made them, for their owner only, and not for long."""

import asyncio
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from backend.web.keys import app_key
from backend.whole_file import whole_file

T = TypeVar("T")

KEPT_SECONDS: Final = 72 * 3600
_OWNER_ONLY_FOLDER: Final = 0o700


class ExportFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def writing(self, tenant_id: str, export_id: str) -> AbstractContextManager[BinaryIO]:
        """Write the file of an export; it replaces one that a run before has made."""
        self._folder.mkdir(_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        path = self.path(tenant_id, export_id)
        path.parent.mkdir(_OWNER_ONLY_FOLDER, exist_ok=True)
        # What a run left that was killed.
        for each in path.parent.glob(f".{path.name}.*"):
            each.unlink(missing_ok=True)
        return whole_file(path)

    def measure(self, tenant_id: str, export_id: str) -> tuple[int, str]:
        """Return the length and the digest of a file."""
        content = self.path(tenant_id, export_id).read_bytes()
        return len(content), sha256(content).hexdigest()

    def read(self, tenant_id: str, export_id: str, digest: str) -> bytes | None:
        """Return what was made, or None where this host has no such file, or another one."""
        try:
            content = self.path(tenant_id, export_id).read_bytes()
        except FileNotFoundError:
            return None
        return content if sha256(content).hexdigest() == digest else None

    def remove(self, tenant_id: str, export_id: str) -> None:
        self.path(tenant_id, export_id).unlink(missing_ok=True)

    def remove_tenant(self, tenant_id: str) -> None:
        place = self._folder / tenant_id
        if place.exists():
            shutil.rmtree(place)

    def sweep(self) -> None:
        """Remove what is over its time: work of the outbox may have been done by a host that has other files."""
        oldest = time.time() - KEPT_SECONDS
        for each in self._folder.glob("*/*"):
            try:
                if each.stat().st_mtime < oldest:
                    each.unlink()
            except FileNotFoundError:
                continue

    def path(self, tenant_id: str, export_id: str) -> Path:
        return self._folder / tenant_id / f"{export_id}.zip"


EXPORTS: Final = app_key("exports", ExportFolder)


async def in_thread(work: Callable[[], T]) -> T:
    """Do it beside the loop, and see it end even where nobody waits any more: what it writes to is closed next."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    finally:
        if not running.done():
            await asyncio.wait({running})
