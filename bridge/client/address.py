"""Where the bridge is, and which addresses a client talks to at all."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from bridge.client.errors import AddressRefused

DEFAULT_URL: Final = "http://127.0.0.1:8460"
# Plain http goes nowhere but to this machine.
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class BridgeAddress:
    scheme: str
    # As it stands in the Host header of each request: lower case, without the scheme's own port.
    authority: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL that has a scheme, a host and perhaps a port, and nothing else."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise AddressRefused("This is not the address of a bridge: its host or port cannot be read.") from None
        if parts.scheme not in _DEFAULT_PORTS or not host:
            raise AddressRefused("The address of a bridge begins with https://, or on this machine with http://.")
        if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
            raise AddressRefused("The address of a bridge ends after its host and port, and holds no password.")
        if not host.isascii():
            raise AddressRefused("Write the host of the bridge in ASCII, as it stands in its certificate.")
        if parts.scheme == "http" and host not in _THIS_MACHINE:
            raise AddressRefused(f"Plain http goes to this machine only; use https to reach {host}.")
        bracketed = f"[{host}]" if ":" in host else host
        plain_port = port is None or port == _DEFAULT_PORTS[parts.scheme]
        return cls(parts.scheme, bracketed if plain_port else f"{bracketed}:{port}")

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def is_tls(self) -> bool:
        return self.scheme == "https"
