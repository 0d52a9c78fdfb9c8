"""Settings on their way to a worker."""

from pathlib import Path

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


def test_the_password_goes_with_them_and_stays_a_secret() -> None:
    there = from_wire(to_wire(FULL))

    assert isinstance(there.database_url, Secret)
    assert there.database_url.reveal() == "postgresql://ada:sesame@db/school"


def test_the_message_is_one_line() -> None:
    assert b"\n" not in to_wire(FULL)
