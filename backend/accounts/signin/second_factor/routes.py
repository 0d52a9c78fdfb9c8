"""The routes of one's own second factor."""

from collections.abc import Iterable

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.signin.cookies import signin_cookie
from backend.accounts.signin.oneself import oneself
from backend.accounts.signin.recovery_codes import shown
from backend.accounts.signin.second_factor.schemas import EnrolmentShown, RecoveryCodesShown
from backend.accounts.signin.sessions.schemas import SecondFactorCode
from backend.db.unit import Transaction
from backend.secret import Secret
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.route import IN_PERSON, STEPPED_UP, IdempotentBy, Route

AUTHENTICATOR = "/api/v1/me/authenticator"


async def post_authenticator(call: Call[None, None, None]) -> Answer:
    who, second_factor = oneself(call.caller), call.app[ACCOUNTS].second_factor
    made = await call.app[DATABASE].write(lambda tx: second_factor.begin(tx, who.person_id))
    return Answer(201, EnrolmentShown(made.secret.reveal(), made.uri.reveal()))


async def put_authenticator(call: Call[SecondFactorCode, None, None]) -> Answer:
    who = oneself(call.caller)
    opened, codes = await call.app[ACCOUNTS].second_factor.confirm(
        call.app[DATABASE], call.app[RIGHTS], who.person_id, who.signin_id, call.body.code
    )
    return Answer(200, _codes(codes), (signin_cookie(opened.secret),))


async def delete_authenticator(call: Call[None, None, None], tx: Transaction) -> Answer:
    await call.app[ACCOUNTS].second_factor.remove(tx, call.app[RIGHTS], oneself(call.caller).person_id)
    return Answer(204)


async def post_recovery_codes(call: Call[None, None, None]) -> Answer:
    who, second_factor = oneself(call.caller), call.app[ACCOUNTS].second_factor
    codes = await call.app[DATABASE].write(lambda tx: second_factor.make_codes_anew(tx, who.person_id))
    return Answer(201, _codes(codes))


def _codes(codes: Iterable[Secret]) -> RecoveryCodesShown:
    return RecoveryCodesShown(tuple(shown(code) for code in codes))


ROUTES = (
    Route(
        method="POST",
        path=AUTHENTICATOR,
        handler=post_authenticator,
        answers={201: EnrolmentShown},
        permission=STEPPED_UP,
        rate_class="write",
        summary="Begin with an authenticator app; it counts once a code of it was seen",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="PUT",
        path=AUTHENTICATOR,
        handler=put_authenticator,
        request=SecondFactorCode,
        answers={200: RecoveryCodesShown},
        permission=IN_PERSON,
        rate_class="signin",
        summary="Show a code of the authenticator, which counts from then on; other sign-ins end",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="DELETE",
        path=AUTHENTICATOR,
        handler=delete_authenticator,
        answers={204: None},
        permission=STEPPED_UP,
        rate_class="write",
        summary="Do without a second factor",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="POST",
        path="/api/v1/me/recovery-codes",
        handler=post_recovery_codes,
        answers={201: RecoveryCodesShown},
        permission=STEPPED_UP,
        rate_class="write",
        summary="Have new recovery codes; the ones before them are worth nothing",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
)
