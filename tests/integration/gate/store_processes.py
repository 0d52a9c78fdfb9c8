"""Starts workers that offer the same numbers at the same time, and reads what each was told."""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.contract.signing import Session
from tests.integration.gate.store_house import PATIENT_SECONDS, StoreHouse


@dataclass(frozen=True, slots=True)
class Told:
    admitted: list[int]
    codes: Counter[str]


class Worker:
    def __init__(
        self,
        house: StoreHouse,
        session: Session,
        *,
        url: str,
        last: int,
        copies: int,
        at_once: int = 16,
        give_up_seconds: float = PATIENT_SECONDS,
    ) -> None:
        descriptor = house.table.descriptor if house.kind == "core" else None
        self._order = {
            "kind": house.kind,
            "url": url,
            "bridge_id": house.bridge_id.hex(),
            "descriptor": descriptor,
            "table_epoch": house.table.epoch,
            "session": {"random": session.random.hex(), "epoch": session.epoch},
            "last": last,
            "copies": copies,
            "at_once": at_once,
            "give_up_seconds": give_up_seconds,
        }
        self._descriptors = () if descriptor is None else (descriptor,)
        self._process: asyncio.subprocess.Process | None = None

    async def ready(self) -> None:
        """Start it; it waits for `go`."""
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tests.integration.gate.store_worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=self._descriptors,
            limit=2**26,
        )
        self._write(json.dumps(self._order))
        assert process.stdout is not None
        assert b"ready\n" == await process.stdout.readline()

    def go(self) -> None:
        self._write("")

    async def told(self) -> Told:
        process = self._running
        assert process.stdout is not None
        found: dict[str, Any] = json.loads(await process.stdout.readline())
        assert 0 == await process.wait()
        return Told(found["admitted"], Counter(found["codes"]))

    async def finished(self) -> Told:
        await self.ready()
        self.go()
        return await self.told()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    def _write(self, line: str) -> None:
        stdin = self._running.stdin
        assert stdin is not None
        stdin.write(f"{line}\n".encode())
