"""Every route of accounts."""

from typing import Final

from backend.accounts.audit import routes as audit
from backend.accounts.keys.apikeys import routes as api_keys
from backend.accounts.keys.gamekeys import routes as game_keys
from backend.accounts.keys.tokens import routes as tokens
from backend.accounts.people.break_glass import routes as break_glass
from backend.accounts.people.grants import routes as people
from backend.accounts.people.invitations import routes as invitations
from backend.accounts.signin.passwords import routes as passwords
from backend.accounts.signin.second_factor import routes as second_factor
from backend.accounts.signin.sessions import routes as sessions
from backend.accounts.tenants import routes as tenants
from backend.accounts.tenants.exports import routes as exports
from backend.web.route import Route

ROUTES: Final[tuple[Route, ...]] = (
    *tenants.ROUTES,
    *exports.ROUTES,
    *people.ROUTES,
    *invitations.ROUTES,
    *break_glass.ROUTES,
    *sessions.ROUTES,
    *passwords.ROUTES,
    *second_factor.ROUTES,
    *api_keys.ROUTES,
    *game_keys.ROUTES,
    *tokens.ROUTES,
    *audit.ROUTES,
)
