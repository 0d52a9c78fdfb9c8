"""The routes of sessions: a challenge, and what opens one."""

import re
from base64 import b64decode
from typing import Final

from backend.errors import NotProven
from backend.secret import Secret
from backend.web.call import Answer, Call
from backend.web.reply import Reply
from backend.web.route import PUBLIC, IdempotentBy, Route
from backend.web.unproven import BODY_BYTES
from bridge import protocol_range
from bridge.gate.sessions.challenge import GOOD_SECONDS
from bridge.gate.sessions.game import GameGranted, GameOpening
from bridge.gate.sessions.grant import Asked, Signer, in_body
from bridge.gate.sessions.life import OVERLAP_SECONDS, REQUESTS, WINDOW
from bridge.gate.sessions.opening import Granted, Opening, Shown
from bridge.gate.sessions.schemas import (
    BridgeNamed,
    BridgeShown,
    ChallengeShown,
    EndorsementShown,
    GameGrantShown,
    GrantShown,
    LimitsShown,
    NewChallenge,
    NewDeviceKeyShown,
    NewGameSession,
    NewSession,
    ProtocolShown,
)
from bridge.gate.sessions.sessions import SESSIONS, Limits
from bridge.wall_clock import now_milliseconds

CHALLENGE: Final = "/v1/challenge"
SESSION: Final = "/v1/session"
GAME_SESSION: Final = f"{SESSION}/game"
# In the one spelling of its 32 bytes: of the last letter two bits are nothing, and have to be zero.
_PROOF: Final = re.compile(r":([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=):")
_BEARER: Final = re.compile(r"[Bb]earer (tbx_[A-Za-z0-9_-]{16,252})")
_CREATED: Final = 201
_PROTOCOL: Final = ProtocolShown(protocol_range.LOWEST, protocol_range.HIGHEST)


async def post_challenge(call: Call[NewChallenge, None, None]) -> Answer:
    made = call.app[SESSIONS].openings.challenge(call.body.device_id)
    return Answer(200, ChallengeShown(in_body(made), GOOD_SECONDS))


async def post_session(call: Call[NewSession, None, None]) -> Answer:
    sessions, sender, wanted = call.app[SESSIONS], call.sender, call.body
    proof = _PROOF.fullmatch(sender.only("Session-Proof") or "")
    if proof is None:
        raise NotProven
    opening = Opening(
        device_id=wanted.device_id,
        asked=Asked(b64decode(wanted.challenge), wanted.n),
        proof=b64decode(proof[1]),
        authority=sender.authority,
        body=sender.body,
        place_id=wanted.place_id,
        universe_id=wanted.universe_id,
    )
    shown = await sessions.openings.show(opening)
    # From here on the device may believe whatever is answered.
    sender.answer_with(_Proven(shown))
    granted = await sessions.openings.grant(shown)
    sender.answer_with(_Proven(shown, granted.signer))
    return Answer(201, _grant(granted, sessions.bridge_id, sessions.limits))


async def post_game_session(call: Call[NewGameSession, None, None]) -> Answer:
    sessions, sender, wanted = call.app[SESSIONS], call.sender, call.body
    bearer = _BEARER.fullmatch(sender.only("Authorization") or "")
    opening = GameOpening(
        bearer=Secret("" if bearer is None else bearer[1]),
        universe_id=wanted.universe_id,
        place_id=wanted.place_id,
        address=sender.address,
        by_https=sender.by_https,
    )
    granted = await sessions.game_openings.open(opening)
    return Answer(201, _game_grant(granted, sessions.bridge_id, sessions.limits))


class _Proven:
    """Shows the answer to an opening to be the bridge's; a grant also to who has only its public key."""

    def __init__(self, shown: Shown, signer: Signer | None = None) -> None:
        self._shown = shown
        self._signer = signer

    def __call__(self, reply: Reply, *, to_head: bool) -> bytes:
        body = b"" if to_head else reply.body
        message = self._shown.opening.asked.answer(reply.status, body)
        lines = f"Grant-Proof: {self._shown.key.proof(message)}\r\n"
        if self._signer is not None and reply.status == _CREATED:
            lines += f"Grant-Signature: {self._signer.signature(message)}\r\n"
        return lines.encode("ascii")


def _grant(granted: Granted, bridge_id: str, limits: Limits) -> GrantShown:
    signer, record = granted.signer, granted.record
    endorsement = None
    if signer.endorser is not None and signer.endorsement is not None:
        endorsement = EndorsementShown(in_body(signer.endorser), in_body(signer.endorsement))
    new_key = granted.wrapped_device_key
    return GrantShown(
        key_id=granted.name.key_id,
        wrapped_key=in_body(granted.wrapped_key),
        time_milliseconds=now_milliseconds(),
        expires_in_seconds=granted.life_seconds,
        overlap_seconds=OVERLAP_SECONDS,
        requests=REQUESTS,
        window=WINDOW,
        limits=LimitsShown(limits.requests_a_minute, limits.body_bytes),
        protocol=_PROTOCOL,
        tenant_id=record.tenant_id,
        project_id=record.project_id,
        scopes=record.scopes,
        bridge=BridgeShown(bridge_id, in_body(signer.public_key), endorsement),
        new_device_key=None if new_key is None else NewDeviceKeyShown(in_body(new_key)),
    )


def _game_grant(granted: GameGranted, bridge_id: str, limits: Limits) -> GameGrantShown:
    record = granted.record
    return GameGrantShown(
        key_id=granted.name.key_id,
        key=in_body(bytes.fromhex(granted.key.reveal())),
        time_milliseconds=now_milliseconds(),
        expires_in_seconds=granted.life_seconds,
        overlap_seconds=OVERLAP_SECONDS,
        requests=REQUESTS,
        window=WINDOW,
        limits=LimitsShown(limits.requests_a_minute, limits.body_bytes),
        protocol=_PROTOCOL,
        tenant_id=record.tenant_id,
        project_id=record.project_id,
        scopes=record.scopes,
        bridge=BridgeNamed(bridge_id, in_body(granted.signer.public_key)),
    )


ROUTES: Final = (
    Route(
        method="POST",
        path=CHALLENGE,
        handler=post_challenge,
        request=NewChallenge,
        answers={200: ChallengeShown},
        permission=PUBLIC,
        body_limit_bytes=BODY_BYTES,
        rate_class="opening",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Get what a device has to answer to when it opens a session",
    ),
    Route(
        method="POST",
        path=SESSION,
        handler=post_session,
        request=NewSession,
        answers={201: GrantShown},
        permission=PUBLIC,
        body_limit_bytes=BODY_BYTES,
        rate_class="opening",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Open a session as a device",
    ),
    Route(
        method="POST",
        path=GAME_SESSION,
        handler=post_game_session,
        request=NewGameSession,
        answers={201: GameGrantShown},
        permission=PUBLIC,
        body_limit_bytes=BODY_BYTES,
        rate_class="opening",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Open a session as a game server, with its game key, over https",
    ),
)
