"""Every setting beside the data folder: what it may be, and how a value of the environment or of the file is read."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final, get_args

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from backend.secret import Secret
from bridge.settings import addresses
from bridge.settings.data_folder import absolute_file
from bridge.settings.database_urls import database_url
from bridge.settings.faults import shown
from bridge.settings.model import GateStoreKind, LogLevel, MailEncryption, RealtimeEngineKind, Settings, ShadowLimit
from bridge.settings.redis_urls import redis_url

_Port = Annotated[int, Field(ge=0, le=65_535)]
_Seconds = Annotated[float, Field(ge=0.1, le=3600)]


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    kind: Any  # what a TypeAdapter takes
    may_be: str
    several: bool = False
    secret: bool = False

    def from_text(self, text: str) -> object:
        """Read a value of the environment, where everything is text."""
        if self.several:
            return self._checked(tuple(item.strip() for item in text.split(",") if item.strip()), strict=True)
        if self.kind is LogLevel:
            return self._checked(text.strip().lower(), strict=True)
        return self._checked(text if self.secret else text.strip(), strict=False)

    def from_toml(self, value: object) -> object:
        """Read a value of the file, where a number is a number and several are a list."""
        if self.several and isinstance(value, list):
            value = tuple(value)
        return self._checked(value, strict=True)

    def _checked(self, value: object, *, strict: bool) -> object:
        adapter: TypeAdapter[object] = TypeAdapter(self.kind)
        try:
            return adapter.validate_python(value, strict=strict)
        except ValidationError as error:
            # Nothing of pydantic's own text is kept: it repeats what was given, and that may be a password.
            own = [each["ctx"]["error"] for each in error.errors(include_url=False) if each["type"] == "value_error"]
        if own:
            raise ValueError(f"{own[0]}; it may be {self.may_be}")
        raise ValueError(f"may be {self.may_be}" if self.secret else f"is {shown(value)}; it may be {self.may_be}")


def catalogue(*, windows: bool) -> dict[str, Setting]:
    """Return the settings by name, in the order of `Settings`."""
    found = {setting.name: setting for setting in _settings(windows=windows)}
    return {field.name: found[field.name] for field in fields(Settings) if field.name != "data_dir"}


def secret_names() -> list[str]:
    return [setting.name for setting in _settings(windows=False) if setting.secret]


def _each(read: Callable[[str], str], *, at_least: int = 0) -> Any:
    """Read every item in the one accepted form; a second mention of the same is dropped."""

    def several(items: tuple[str, ...]) -> tuple[str, ...]:
        kept: dict[str, None] = {}
        for item in items:
            try:
                kept[read(item)] = None
            except ValueError:
                raise ValueError(f"holds {shown(item)}") from None
        return tuple(kept)

    return Annotated[tuple[str, ...], Field(min_length=at_least), AfterValidator(several)]


def _proxy(text: str) -> str:
    found = addresses.network(text)
    if found.endswith("/0"):
        raise ValueError("every address there is")
    return found


def _mail_address(text: str) -> str:
    from backend.accounts.signin import email_address  # noqa: PLC0415 - needed by few
    from backend.accounts.signin.email_address import AddressRefused  # noqa: PLC0415

    try:
        return email_address.parse(text).written
    except AddressRefused:
        raise ValueError("is no address") from None


_LOG_LEVELS: Final = "debug, info, warning or error"


def _settings(*, windows: bool) -> tuple[Setting, ...]:
    def database(text: str) -> Secret:
        return Secret(database_url(text, windows=windows))

    file = Annotated[str, AfterValidator(lambda text: absolute_file(text, windows=windows))]

    return (
        Setting(
            "database_url",
            Annotated[str, AfterValidator(database)],
            "sqlite:///path/of/a/file.db or postgresql://user:password@host:port/database",
            secret=True,
        ),
        Setting(
            "migration_database_url",
            Annotated[str, AfterValidator(database)],
            "the same database as database_url, as an owner that may change its tables: postgresql://owner:...",
            secret=True,
        ),
        Setting(
            "bind",
            _each(addresses.address, at_least=1),
            "one or more IP addresses of this machine, such as 127.0.0.1, ::1",
            several=True,
        ),
        Setting("port", _Port, "a whole number from 0 to 65535 (0 takes any free port)"),
        Setting("ops_port", _Port, "a whole number from 0 to 65535 (0 takes any free port)"),
        Setting(
            "workers", Annotated[int, Field(ge=0, le=64)], "a whole number from 0 to 64 (0 means one process in all)"
        ),
        Setting(
            "allowed_hosts",
            _each(addresses.host_name),
            "host names without scheme and port, such as bridge.school.example",
            several=True,
        ),
        Setting(
            "trusted_proxies",
            _each(_proxy),
            "addresses or networks without host bits, such as 10.0.0.5 or 10.0.0.0/8, but not every address",
            several=True,
        ),
        Setting("log_level", LogLevel, _LOG_LEVELS),
        Setting(
            "drain_seconds",
            Annotated[float, Field(ge=0, le=600)],
            "a number of seconds from 0 to 600",
        ),
        Setting("request_timeout_seconds", _Seconds, "a number of seconds from 0.1 to 3600"),
        Setting("body_timeout_seconds", _Seconds, "a number of seconds from 0.1 to 3600"),
        Setting(
            "body_limit_bytes",
            Annotated[int, Field(ge=1024, le=67_108_864)],
            "a whole number of bytes from 1024 to 67108864",
        ),
        Setting("idempotency_hours", Annotated[int, Field(ge=1, le=720)], "a whole number of hours from 1 to 720"),
        Setting("key_file", file, "the absolute path of a file, such as /srv/toolboxai-keys/keys.json"),
        Setting(
            "public_url",
            Annotated[str, AfterValidator(addresses.public_url)],
            "where people find the bridge, such as https://bridge.school.example, without a path",
        ),
        Setting(
            "house_name",
            Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")],
            "a name of up to 60 letters, such as Lakeside Lessons",
        ),
        Setting("breached_passwords", file, "the absolute path of a list of breached passwords"),
        Setting("gate_store", GateStoreKind, "core (one host) or redis (many hosts)"),
        Setting("realtime_engine", RealtimeEngineKind, "memory (one worker) or redis (many workers and hosts)"),
        Setting(
            "redis_url",
            Annotated[str, AfterValidator(redis_url)],
            "redis://user:password@host:port/database, rediss:// for TLS, or unix:///path/of/a/socket",
            secret=True,
        ),
        Setting(
            "redis_give_up_seconds", Annotated[float, Field(ge=0.005, le=5)], "a number of seconds from 0.005 to 5"
        ),
        Setting(
            "mail_sender", Annotated[str, AfterValidator(_mail_address)], "an address, such as bridge@school.example"
        ),
        Setting("mail_host", Annotated[str, AfterValidator(addresses.host_name)], "the host name of a mail server"),
        Setting("mail_port", Annotated[int, Field(ge=1, le=65_535)], "a whole number from 1 to 65535"),
        Setting("mail_encryption", MailEncryption, "starttls, tls, or none for a mail server on this machine"),
        Setting("mail_user", Annotated[str, Field(min_length=1, max_length=254)], "a name of up to 254 letters"),
        Setting(
            "mail_password",
            Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(Secret)],
            "a password of up to 1024 letters",
            secret=True,
        ),
        Setting("shadow_limits", tuple[ShadowLimit, ...], f"some of {', '.join(get_args(ShadowLimit))}", several=True),
    )
