"""Whether this worker can do its work: each thing it depends on, asked anew."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from backend.db.migrations.state import assert_current
from backend.db.unit import Database
from backend.errors import OperatorError, ServiceError
from bridge.breakers.breakers import Breakers
from bridge.check_result import CheckResult, Verdict
from bridge.settings import Settings
from bridge.settings.database import database_config

CHECK_SECONDS: Final = 2.0
# How old the public answer may be: strangers asking in a loop cost the database one question a second.
PUBLIC_ANSWER_SECONDS: Final = 1.0
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
_MIB: Final = 1024 * 1024


class Readiness:
    def __init__(self, settings: Settings, database: Callable[[], Database], breakers: Breakers) -> None:
        self._breakers = breakers
        self._settings = settings
        self._database = database
        self._asking = asyncio.Lock()
        self._asked = -PUBLIC_ANSWER_SECONDS
        self._ready = False

    async def check(self) -> Mapping[str, CheckResult]:
        """Ask every dependency; one that is away is a result, not an error."""
        found = await asyncio.gather(self._check_database(), self._check_migrations(), self._check_disk())
        return {result.name: result for result in (*found, *self._breakers.checks())}

    async def is_ready(self) -> bool:
        """Say the same in one word, at most a second old."""
        async with self._asking:
            if monotonic() - self._asked >= PUBLIC_ANSWER_SECONDS:
                self._ready = all(result.passed for result in (await self.check()).values())
                self._asked = monotonic()
            return self._ready

    async def _check_database(self) -> CheckResult:
        began = monotonic()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._database().ping()
        except TimeoutError:
            return CheckResult("database", Verdict.FAIL, f"no answer within {CHECK_SECONDS:g} s", _LOOK_AT_DATABASE)
        except (ServiceError, OperatorError) as error:
            return CheckResult("database", Verdict.FAIL, error.sentence, _LOOK_AT_DATABASE)
        return CheckResult("database", Verdict.OK, f"answered in {(monotonic() - began) * 1000:.0f} ms")

    async def _check_migrations(self) -> CheckResult:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await assert_current(database_config(self._settings))
        except TimeoutError:
            return CheckResult("migrations", Verdict.FAIL, f"no answer within {CHECK_SECONDS:g} s", _LOOK_AT_DATABASE)
        except (ServiceError, OperatorError) as error:
            return CheckResult("migrations", Verdict.FAIL, error.sentence, "Run `toolboxai migrate`.")
        return CheckResult("migrations", Verdict.OK, "the database has the tables of this version")

    async def _check_disk(self) -> CheckResult:
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, self._settings.data_dir)).free
        except OSError as error:
            seen = error.strerror or "cannot be read"
            return CheckResult("disk", Verdict.FAIL, seen, "See whether the data folder is there.")
        seen = f"{free // _MIB} MiB free for the data folder"
        if free < LEAST_FREE_BYTES:
            return CheckResult("disk", Verdict.FAIL, seen, f"Free at least {LEAST_FREE_BYTES // _MIB} MiB on its disk.")
        return CheckResult("disk", Verdict.OK, seen)


_LOOK_AT_DATABASE: Final = "See whether the database runs and can be reached with the address in the settings."
