"""Where a game key may be used: asked when a session is opened with it, and again at each of its requests."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from backend.errors import PlaceNotAllowed
from backend.web.caller_address import unmapped

# A pair of an address and the networks of a key; reading both takes longer than all else here.
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Places:
    """What a game key lists; no places or networks are all of them."""

    universes: tuple[int, ...]
    places: tuple[int, ...]
    networks: tuple[str, ...]

    def check(self, universe_id: int | None, place_id: int | None, address: str | None) -> None:
        """Raise PlaceNotAllowed unless the key lists where this comes from."""
        if universe_id not in self.universes:
            raise PlaceNotAllowed("This key is for other experiences; its list of universes has not this one.")
        if self.places and place_id not in self.places:
            raise PlaceNotAllowed("This key is for other places of this experience.")
        if self.networks and not _is_in(address, self.networks):
            raise PlaceNotAllowed("This key is for other networks; the address that this came from is in none of them.")


NOWHERE: Final = Places((), (), ())


@lru_cache(_REMEMBERED)
def _is_in(address: str | None, networks: tuple[str, ...]) -> bool:
    if address is None:
        return False
    try:
        found = unmapped(ipaddress.ip_address(address))
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)
