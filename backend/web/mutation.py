"""Runs a mutation: claim, effect and answer in one unit of work, and the answer is sent after its COMMIT."""

import re
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from aiohttp import hdrs
from multidict import istr

from backend.db import claims
from backend.db.unit import Database, Transaction
from backend.errors import AnswerNotKept, InvalidRequest, RequestError
from backend.web import problem
from backend.web.caller import Caller
from backend.web.exchange import Exchange
from core_rs import blake3

IDEMPOTENCY_KEY: Final = istr("Idempotency-Key")
REPLAYED: Final = ("Idempotency-Replayed", "true")
# Shorter keys would meet by chance, and a caller that is nobody in particular could guess them.
SHORTEST_KEY: Final = 16
LONGEST_KEY: Final = 128
# Marks a claim that keeps the id of what was made, since the answer held a secret.
_CREATED_ID: Final = (hdrs.CONTENT_TYPE, "text/x-created-id")
KEY_PATTERN: Final = rf"^[A-Za-z0-9_.:+/=-]{{{SHORTEST_KEY},{LONGEST_KEY}}}$"
_KEY: Final = re.compile(KEY_PATTERN)


class Outcome(NamedTuple):
    """An answer as bytes: what is stored is what is sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_problem: bool = False
    created_id: str | None = None
    # Of an answer that is no JSON; only what changes nothing has one, as no claim keeps it.
    content_type: str | None = None


Again = Callable[[Transaction, str], Awaitable[Outcome]]
Effect = Callable[[Transaction], Awaitable[Outcome]]


def read_key(exchange: Exchange) -> str:
    """Return the request's idempotency key, or raise InvalidRequest."""
    given = exchange.headers.getall(IDEMPOTENCY_KEY, ())
    if len(given) != 1 or _KEY.fullmatch(given[0]) is None:
        raise InvalidRequest(
            f"Send one Idempotency-Key of {SHORTEST_KEY} to {LONGEST_KEY} letters, digits and _ . : + / = - characters:"
            " a new one for each thing to do, the same when it is sent again."
        )
    return given[0]


def fingerprint(exchange: Exchange, body: bytes) -> bytes:
    """Tell one payload from another; the digest of the body has one length, so the two parts cannot run together."""
    return blake3(blake3(body) + exchange.rel_url.raw_query_string.encode())


def scope(exchange: Exchange, caller: Caller, key: str, *, tenant_id: str | None) -> claims.Scope:
    """Return within what the key is unique; the tenant is the one of the path, where it names one."""
    return claims.Scope(
        tenant_id=caller.tenant_id if tenant_id is None else tenant_id,
        principal_kind=caller.kind,
        principal_id=caller.id,
        method=exchange.method,
        path=exchange.rel_url.raw_path,
        key=key,
    )


async def run_claimed(
    database: Database,
    claimed_as: claims.Scope,
    mark: bytes,
    effect: Effect,
    again: Again | None = None,
    *,
    tenant: str | None,
    request_id: str,
    kept_hours: int,
) -> Outcome:
    """Have the effect once for its key; a repeat gets the answer of the first, whatever has changed since.

    Where that answer held a secret, the repeat gets what `again` shows of the thing that was made.
    """

    async def unit(tx: Transaction) -> Outcome:
        claim = await claims.insert(tx, claimed_as, fingerprint=mark, kept_hours=kept_hours)
        if isinstance(claim, claims.Replay):
            return await _replayed(tx, claim.answer, again)
        try:
            async with tx.savepoint():
                outcome = await effect(tx)
        except RequestError as error:
            if not error.deterministic:
                raise
            outcome = Outcome(error.status, error.headers, problem.render(error, request_id), is_problem=True)
        await claims.finish(tx, claim, _kept(outcome))
        return outcome

    return await database.write(unit, tenant=tenant)


def _kept(outcome: Outcome) -> claims.StoredAnswer:
    if outcome.created_id is not None:
        return claims.StoredAnswer(outcome.status, (_CREATED_ID,), outcome.created_id.encode())
    headers = ((hdrs.CONTENT_TYPE, problem.CONTENT_TYPE), *outcome.headers) if outcome.is_problem else outcome.headers
    body = outcome.body if len(outcome.body) <= claims.ANSWER_LIMIT_BYTES else None
    return claims.StoredAnswer(outcome.status, headers, body)


async def _replayed(tx: Transaction, answer: claims.StoredAnswer, again: Again | None) -> Outcome:
    if answer.body is None:
        raise AnswerNotKept("This was done before under the same key; its answer was too large to be kept.")
    if _CREATED_ID in answer.headers:
        if again is None:
            raise AnswerNotKept("This was done before under the same key; its answer held a secret and was not kept.")
        shown = await again(tx, answer.body.decode())
        return shown._replace(headers=(*shown.headers, REPLAYED))
    is_problem = (hdrs.CONTENT_TYPE, problem.CONTENT_TYPE) in answer.headers
    headers = tuple(pair for pair in answer.headers if pair[0] != hdrs.CONTENT_TYPE)
    return Outcome(answer.status, (*headers, REPLAYED), answer.body, is_problem)
