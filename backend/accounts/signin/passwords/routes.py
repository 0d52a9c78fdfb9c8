"""The routes of choosing a password."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.signin.oneself import oneself
from backend.accounts.signin.passwords.schemas import PasswordChange, Reset, ResetAsked
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.route import IN_PERSON, PUBLIC, IdempotentBy, Route


async def put_password(call: Call[PasswordChange, None, None]) -> Answer:
    who = oneself(call.caller)
    await call.app[ACCOUNTS].passwords.change(
        call.app[DATABASE],
        call.app[RIGHTS],
        who.person_id,
        who.signin_id,
        call.body.password,
        call.body.new_password,
        call.sender.network,
    )
    return Answer(204)


async def post_reset(call: Call[ResetAsked, None, None]) -> Answer:
    await call.app[ACCOUNTS].passwords.ask_for_link(call.app[DATABASE], call.body.email, call.sender.network)
    return Answer(202)


async def post_completion(call: Call[Reset, None, None]) -> Answer:
    await call.app[ACCOUNTS].passwords.reset(call.app[DATABASE], call.app[RIGHTS], call.body.link, call.body.password)
    return Answer(204)


ROUTES = (
    Route(
        method="PUT",
        path="/api/v1/me/password",
        handler=put_password,
        request=PasswordChange,
        answers={204: None},
        permission=IN_PERSON,
        rate_class="signin",
        summary="Choose another password; other sign-ins end",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path="/api/v1/password-resets",
        handler=post_reset,
        request=ResetAsked,
        answers={202: None},
        permission=PUBLIC,
        rate_class="signin",
        summary="Have a link to choose a password sent to an address, if it has an account",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path="/api/v1/password-resets/completion",
        handler=post_completion,
        request=Reset,
        answers={204: None},
        permission=PUBLIC,
        rate_class="signin",
        summary="Choose a password with a link",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
)
