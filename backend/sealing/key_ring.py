"""The master keys as a running process holds them: from memory, and anew when the file has changed."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.accounts.audit.keys import AuditKey, NoSuchKey, SigningKey
from backend.errors import FilesError
from backend.sealing import key_file
from backend.sealing.master_keys import MasterKey, MasterKeys, Purpose, UnknownVersion
from core_rs import MacKey

# A rotation is acted on by every process after this time; a look at the file costs a few microseconds.
LOOKED_AT_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class KeyRing:
    """Answers from memory; an unknown version may be in the file by now, so it is looked for there."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._made: dict[tuple[int, Purpose], bytes] = {}
        self._audit: dict[int, AuditKey] = {}
        self._digesting: dict[int, MacKey] = {}
        self._is_damaged = False
        self._mark = self._mark_of_file()
        self._keys = key_file.read(path)
        self._looked_at = clock()

    @property
    def keys(self) -> MasterKeys:
        """All versions there are now."""
        now = self._clock()
        if now - self._looked_at >= LOOKED_AT_SECONDS:
            self._looked_at = now
            self._read_if_changed()
        return self._keys

    def newest_version(self) -> int:
        return self.keys.newest.version

    def key(self, version: int, purpose: Purpose) -> bytes:
        """Return the key of a version for one use; UnknownVersion where the file does not have it."""
        made = self._made.get((version, purpose))
        if made is None:
            made = self._made[version, purpose] = self._master(version).made_for(purpose)
        return made

    def digest(self, text: str) -> bytes:
        """Return what a text is found by, made with the newest key; without it nobody can try texts out."""
        return self._digest(self.newest_version(), text)

    def digests(self, text: str) -> list[bytes]:
        """Return all that a text may be found by, the newest first."""
        return [self._digest(key.version, text) for key in reversed(self.keys.keys)]

    def _digest(self, version: int, text: str) -> bytes:
        mac = self._digesting.get(version)
        if mac is None:
            mac = self._digesting[version] = MacKey(self.key(version, Purpose.LOOK_UP))
        return mac.mac(text.encode("utf-8"))

    # What the audit trail asks of whoever keeps its keys.

    def current(self) -> AuditKey:
        return self.of(self.newest_version())

    def of(self, version: int) -> AuditKey:
        found = self._audit.get(version)
        if found is None:
            try:
                found = AuditKey(version, self.key(version, Purpose.AUDIT))
            except UnknownVersion as error:
                raise NoSuchKey(str(error)) from error
            self._audit[version] = found
        return found

    def signing(self) -> SigningKey:
        return SigningKey(self.key(self.newest_version(), Purpose.SIGN))

    def _master(self, version: int) -> MasterKey:
        try:
            return self._keys.of(version)
        except UnknownVersion:
            self._read_if_changed()
            return self._keys.of(version)

    def _read_if_changed(self) -> None:
        mark = self._mark_of_file()
        if mark is None or mark == self._mark:
            return
        try:
            self._keys = key_file.read(self._path)
        except FilesError as error:
            # What is held goes on, and it is read again at the next look; once is enough to say so.
            if not self._is_damaged:
                _log.error("the key file was changed and cannot be read", exc_info=error)
            self._is_damaged = True
            return
        self._is_damaged = False
        self._mark = mark

    def _mark_of_file(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            # What is held goes on; a start would say that the file is missing.
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
