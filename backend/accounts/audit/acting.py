"""Who acts in a request, as the trail names them."""

from typing import Any, Final

from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import as_id
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.teller import Teller
from backend.web.call import Call
from backend.web.caller import Caller, CallerKind
from backend.web.keys import app_key

AUDIT: Final = app_key("audit", AuditTrail)


def teller_of(call: Call[Any, Any, Any]) -> Teller:
    """Return what the services that this request calls tell the trail with."""
    return Teller(call.app[AUDIT], actor_of(call.caller))


def actor_of(caller: Caller) -> Actor:
    match caller.kind:
        case CallerKind.PERSON:
            return Actor.person(as_id(caller.id))
        case CallerKind.API_KEY:
            return Actor.api_key(as_id(caller.id))
        case CallerKind.ANYONE:
            return Actor.nobody()
        case _:
            raise TypeError(f"the trail has no word for a caller that is a {caller.kind}")
