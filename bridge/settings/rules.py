"""What must hold between settings that are each right by themselves."""

from collections.abc import Mapping
from typing import Final

from bridge.settings import addresses
from bridge.settings.model import Settings

_REDIS_URL_LINE: Final = 'redis_url = "redis://user:password@host:6379/0"'


def broken_rules(settings: Settings, origins: Mapping[str, str]) -> list[str]:
    """Return a sentence for each rule that does not hold."""
    faults = []
    outside = [each for each in settings.bind if not addresses.is_loopback(each)]
    if outside and not settings.trusted_proxies:
        faults.append(
            f"{_named('bind', origins)} has {outside[0]}, which other machines can reach without encryption: "
            "name the proxy that does TLS before it in trusted_proxies, or bind 127.0.0.1 and ::1 only",
        )
    twice = addresses.covered_by_wildcard(settings.bind)
    if twice:
        faults.append(f"{_named('bind', origins)} has {twice[0]}, which already takes in {twice[1]}; keep one of them")
    if settings.port == settings.ops_port != 0:
        faults.append(
            f"{_named('ops_port', origins)} and {_named('port', origins)} are both {settings.port}; they must differ"
        )
    on_redis = [name for name in ("gate_store", "realtime_engine") if getattr(settings, name) == "redis"]
    if on_redis and settings.redis_url is None:
        faults.append(f"{_named(on_redis[0], origins)} is redis and no server is named: add the line {_REDIS_URL_LINE}")
    if settings.workers > 1 and settings.realtime_engine == "memory":
        lines = 'realtime_engine = "redis"' + (f" and {_REDIS_URL_LINE}" if settings.redis_url is None else "")
        faults.append(
            f"{_named('workers', origins)} is {settings.workers}, and channels in memory are of one worker alone: "
            f"add the line {lines}, or have one worker"
        )
    if settings.mail_host is not None and settings.mail_sender is None:
        faults.append(
            f"{_named('mail_host', origins)} is set and mail_sender is not: name the address that letters come from"
        )
    if settings.mail_encryption == "none" and settings.mail_host not in {None, "localhost", "127.0.0.1", "[::1]"}:
        faults.append(
            f"{_named('mail_encryption', origins)} is none, and {settings.mail_host} is another machine: "
            "use starttls or tls, since letters hold links that open accounts"
        )
    return faults


def _named(name: str, origins: Mapping[str, str]) -> str:
    """Name a setting by the place where a person can change it."""
    return name if origins[name] == "default" else f"{name} ({origins[name]})"
