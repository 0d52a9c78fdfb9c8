"""The routes of pairings: of the device that asks, and of the person who decides."""

from base64 import b64encode

from backend.accounts.audit.acting import teller_of
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.route import PUBLIC, IdempotentBy, Route
from backend.web.unproven import BODY_BYTES
from bridge.gate.devices.schemas import device_shown
from bridge.gate.lifecycle import GATE
from bridge.gate.pairing import codes
from bridge.gate.pairing.asking import INTERVAL_SECONDS, LIFE_SECONDS, Paired
from bridge.gate.pairing.schemas import (
    Approval,
    ApprovalShown,
    NewPairing,
    NowPaired,
    PairingBegun,
    PairingPath,
    PairingShown,
    PairingsPath,
    Redemption,
    StillPending,
    TypedCode,
)
from bridge.gate.pairing.store import Asking, Pairing

PAIR = "/v1/pair"
REDEEM = f"{PAIR}/redeem"
PAIRINGS = "/api/v1/tenants/{tenant_id}/pairings"
LOOK_UP = f"{PAIRINGS}/look-up"
APPROVAL = f"{PAIRINGS}/{{pairing_id}}/approval"
DENIAL = f"{PAIRINGS}/{{pairing_id}}/denial"


async def post_pair(call: Call[NewPairing, None, None]) -> Answer:
    wanted, pairings = call.body, call.app[GATE].pairings
    asking = Asking(wanted.kind, wanted.name, wanted.version, wanted.place_id, wanted.universe_id, call.sender.network)
    begun = await pairings.begin(call.app[DATABASE], asking)
    shown = PairingBegun(
        begun.device_code.reveal(), codes.shown(begun.user_code), INTERVAL_SECONDS, LIFE_SECONDS, pairings.bridge_id
    )
    return Answer(201, shown)


async def post_redemption(call: Call[Redemption, None, None]) -> Answer:
    pairings = call.app[GATE].pairings
    found = await pairings.redeem(call.app[DATABASE], call.body.device_code)
    if not isinstance(found, Paired):
        return Answer(202, StillPending("pending", found))
    shown = NowPaired(
        state="paired",
        device_id=found.device.id,
        device_key=_base64(bytes.fromhex(found.device_key.reveal())),
        tenant_id=found.tenant_id,
        project_id=found.device.project_id,
        scopes=found.device.scopes,
        bridge_id=pairings.bridge_id,
        bridge_public_key=_base64(found.bridge_public_key),
    )
    return Answer(200, shown)


async def post_look_up(call: Call[TypedCode, None, PairingsPath]) -> Answer:
    found = await call.app[GATE].approvals.look_up(
        call.app[DATABASE], call.caller.id, call.sender.network, call.params.tenant_id, call.body.code
    )
    return Answer(200, _shown(found))


async def put_approval(call: Call[Approval, None, PairingPath], tx: Transaction) -> Answer:
    approved = await call.app[GATE].approvals.approve(
        tx, teller_of(call), call.params.tenant_id, call.params.pairing_id, call.body.scopes
    )
    return Answer(200, ApprovalShown(device_shown(approved.device), approved.digits))


async def put_denial(call: Call[None, None, PairingPath], tx: Transaction) -> Answer:
    await call.app[GATE].approvals.deny(tx, teller_of(call), call.params.tenant_id, call.params.pairing_id)
    return Answer(204)


def _shown(pairing: Pairing) -> PairingShown:
    return PairingShown(
        id=pairing.id,
        state=pairing.state,
        kind=pairing.kind,
        name=pairing.name,
        version=pairing.version,
        place_id=pairing.place_id,
        universe_id=pairing.universe_id,
        network=pairing.network,
        asked_at=pairing.asked_at,
        ends_at=pairing.ends_at,
    )


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


ROUTES = (
    Route(
        method="POST",
        path=PAIR,
        handler=post_pair,
        request=NewPairing,
        answers={201: PairingBegun},
        permission=PUBLIC,
        body_limit_bytes=BODY_BYTES,
        rate_class="pairing",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Ask to be paired; a person approves it by the code that the device shows",
    ),
    Route(
        method="POST",
        path=REDEEM,
        handler=post_redemption,
        request=Redemption,
        answers={200: NowPaired, 202: StillPending},
        permission=PUBLIC,
        body_limit_bytes=BODY_BYTES,
        rate_class="pairing",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Ask what became of a pairing; once it is approved the answer has the device's key",
    ),
    Route(
        method="POST",
        path=LOOK_UP,
        handler=post_look_up,
        params=PairingsPath,
        request=TypedCode,
        answers={200: PairingShown},
        permission="device.approve",
        rate_class="pairing",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="What asks to be paired, by the code that it shows",
    ),
    Route(
        method="PUT",
        path=APPROVAL,
        handler=put_approval,
        params=PairingPath,
        request=Approval,
        answers={200: ApprovalShown},
        permission="device.approve",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        summary="Let a device in; the answer has the six digits that its person types into it",
    ),
    Route(
        method="PUT",
        path=DENIAL,
        handler=put_denial,
        params=PairingPath,
        answers={204: None},
        permission="device.approve",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        summary="Refuse a pairing",
    ),
)
