"""Databases for single tests: copies of one that was migrated once."""

import asyncio
import itertools
import os
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]

from backend.db.config import DatabaseConfig
from backend.db.migrations.run import migrate
from backend.secret import Secret
from tests.servers.reused import Fresh, look, made_fresh

T = TypeVar("T")
# What the program serves as: it owns nothing, and row-level security holds it.
APPLICATION: Final = "tbx_app"


class PostgresDatabases:
    """Makes and drops databases on one server, named by the address of a database from which that can be done."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._numbers = itertools.count(1)
        self._template: str | None = None
        self._fresh: Fresh | None = None
        self._given_back: list[str] = []
        self._has_application = False

    def empty(self) -> str:
        """Make a database with nothing in it; the address is that of its owner."""
        self._make_application()
        name = f"tbx_{os.getpid()}_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._named(name)

    def migrated(self) -> str:
        """Make a database with the tables of the program; the address is the application's."""
        if self._template is None:
            template = self.empty()
            migrate_in_thread(owner_of(template))
            # Tests bring tables of their own.
            in_thread(_execute(template, f"GRANT CREATE ON SCHEMA public TO {APPLICATION}"))
            self._template = template
            self._fresh = in_thread(look(template))
        if self._given_back:
            return as_application(self._given_back.pop())
        name = f"tbx_{os.getpid()}_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {_name_of(self._template)} STRATEGY FILE_COPY")
        return as_application(self._named(name))

    def owned(self, url: str) -> str:
        """Return the owner's address of a database that was made here."""
        return self._named(_name_of(url))

    def give_back(self, url: str) -> None:
        """Keep one with the tables of the program for the next test, if it can be made new again."""
        owned = self.owned(url)
        if self._fresh is not None and in_thread(made_fresh(owned, self._fresh)):
            self._given_back.append(owned)
        else:
            self.drop(url)

    def drop(self, url: str) -> None:
        self._do(f"DROP DATABASE {_name_of(url)} WITH (FORCE)")

    def close(self) -> None:
        for each in (*self._given_back, *([] if self._template is None else [self._template])):
            self.drop(each)

    def _make_application(self) -> None:
        if not self._has_application:
            # Twice at once where two runs share a server: the second finds it.
            words = f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{urlsplit(self.url).password or ''}'"
            self._do(f"DO $$ BEGIN {words}; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$")
            self._has_application = True

    def _named(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def _do(self, sql: str) -> None:
        in_thread(_execute(self.url, sql))


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run in a loop of its own, in a thread of its own: a fixture must not meddle with the loop of its test."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 -- raised again where the thread was started
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    for error in errors:
        raise error
    return results[0]


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def migrate_in_thread(config: DatabaseConfig) -> None:
    in_thread(asyncio.to_thread(migrate, config))


def _name_of(url: str) -> str:
    return urlsplit(url).path.strip("/")


def as_application(url: str) -> str:
    """Return the address of the same database for the application's role."""
    parts = urlsplit(url)
    password = "" if parts.password is None else f":{parts.password}"
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{APPLICATION}{password}@{place}").geturl()


def owner_of(url: str) -> DatabaseConfig:
    """Return the database of an owner's address, as whoever migrates it and makes tables of his own."""
    return DatabaseConfig(Secret(url), application=APPLICATION, guarded=False)
