"""Settings on their way to a worker."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from backend.secret import Secret
from bridge.settings import Settings, from_wire, to_wire

FULL = Settings(
    data_dir=Path("/srv/brücke"),
    database_url=Secret("postgresql://ada:sesame@db/school"),
    bind=("0.0.0.0",),
    port=0,
    ops_port=1,
    workers=3,
    allowed_hosts=("bridge.example", "[::1]"),
    trusted_proxies=("10.0.0.0/8",),
    log_level="debug",
    drain_seconds=0.5,
    request_timeout_seconds=1.5,
    body_timeout_seconds=2.5,
    body_limit_bytes=4096,
    idempotency_hours=1,
)


@pytest.mark.parametrize("settings", [FULL, Settings(data_dir=Path("/srv"))])
def test_settings_come_out_of_the_pipe_as_they_went_in(settings: Settings) -> None:
    assert settings == from_wire(to_wire(settings))


@pytest.mark.parametrize("name", ["database_url", "redis_url", "mail_password"])
def test_each_secret_goes_with_them_and_stays_one(name: str) -> None:
    given: dict[str, Any] = {name: Secret("sesame")}
    there = getattr(from_wire(to_wire(replace(FULL, **given))), name)

    assert isinstance(there, Secret)
    assert there.reveal() == "sesame"


def test_no_secret_but_the_owners_is_left_out_here() -> None:
    """What is not a Secret at the other end could be written to a log there."""
    secrets = {name for name, kind in get_type_hints(Settings).items() if Secret in get_args(kind)}

    assert {"database_url", "redis_url", "mail_password", "migration_database_url"} == secrets


def test_the_message_is_one_line() -> None:
    assert b"\n" not in to_wire(FULL)
