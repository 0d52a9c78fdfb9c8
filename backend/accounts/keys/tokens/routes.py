"""The routes of token families; each sending is a try of its own, so no answer with a token is kept anywhere."""

from typing import Final

from backend.accounts.audit.acting import teller_of
from backend.accounts.keys.tokens import service
from backend.accounts.keys.tokens.schemas import RefreshToken, TokensShown
from backend.accounts.keys.tokens.service import Pair
from backend.errors import Forbidden
from backend.web.call import Answer, Call
from backend.web.caller import CallerKind
from backend.web.credentials import wrong_credentials
from backend.web.keys import DATABASE, RIGHTS
from backend.web.route import PUBLIC, SIGNED_IN, IdempotentBy, Route

FAMILIES: Final = "/api/v1/token-families"
REFRESH: Final = f"{FAMILIES}/refresh"
CURRENT: Final = f"{FAMILIES}/current"

_BODY_LIMIT_BYTES: Final = 1024


async def post_family(call: Call[None, None, None]) -> Answer:
    caller = call.caller
    # A token does not make families: whoever has taken one could live on beyond the end of its own.
    if caller.kind is not CallerKind.API_KEY or caller.tenant_id is None or caller.family_id is not None:
        raise Forbidden("This needs an API key itself.")
    return Answer(201, _shown(await service.begin(call.app[DATABASE], teller_of(call), caller.tenant_id, caller.id)))


async def post_refresh(call: Call[RefreshToken, None, None]) -> Answer:
    found = await service.refresh(call.app[DATABASE], teller_of(call), call.app[RIGHTS], call.body.refresh_token)
    return Answer(200, _shown(found))


async def delete_current(call: Call[None, None, None]) -> Answer:
    caller = call.caller
    if caller.tenant_id is None or caller.family_id is None:
        raise Forbidden("This needs an access token of the family that is to end.")
    await service.end(call.app[DATABASE], teller_of(call), call.app[RIGHTS], caller.tenant_id, caller.family_id)
    return Answer(204)


def _shown(pair: Pair | None) -> TokensShown:
    if pair is None:
        raise wrong_credentials()
    return TokensShown(
        family_id=pair.family.id,
        access_token=pair.access_token.reveal(),
        access_ends_at=pair.access_ends_at,
        refresh_token=pair.refresh_token.reveal(),
        refresh_ends_at=pair.family.refresh_ends_at,
        family_ends_at=pair.family.ends_at,
    )


ROUTES = (
    Route(
        method="POST",
        path=FAMILIES,
        handler=post_family,
        answers={201: TokensShown},
        permission=SIGNED_IN,
        rate_class="write",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="Exchange an API key for an access token and a refresh token",
    ),
    Route(
        method="POST",
        path=REFRESH,
        handler=post_refresh,
        request=RefreshToken,
        answers={200: TokensShown},
        permission=PUBLIC,
        rate_class="write",
        idempotent_by=IdempotentBy.ATTEMPT,
        body_limit_bytes=_BODY_LIMIT_BYTES,
        summary="Spend a refresh token for a new pair; one that comes again ends its family",
    ),
    Route(
        method="DELETE",
        path=CURRENT,
        handler=delete_current,
        answers={204: None},
        permission=SIGNED_IN,
        rate_class="write",
        idempotent_by=IdempotentBy.ATTEMPT,
        summary="End the token family of the access token that asks",
    ),
)
