from dataclasses import replace
from pathlib import Path

from backend.web.server import HEADERS_LIMIT, LINE_LIMIT_BYTES
from bridge.about.service import about, installed_version
from bridge.settings import Settings


def test_the_limits_are_those_that_hold(tmp_path: Path) -> None:
    settings = replace(Settings(data_dir=tmp_path), body_limit_bytes=2048, body_timeout_seconds=3, idempotency_hours=5)
    limits = about(settings).limits

    assert (2048, 3, 5) == (limits.body_bytes, limits.body_seconds, limits.idempotency_hours)
    assert (LINE_LIMIT_BYTES, HEADERS_LIMIT) == (limits.header_bytes, limits.headers)


def test_the_version_is_that_of_the_distribution(tmp_path: Path) -> None:
    assert installed_version() == about(Settings(data_dir=tmp_path)).version
    assert installed_version().count(".") == 2
