"""Every route of accounts."""

from typing import Final

from backend.accounts.keys.apikeys import routes as api_keys
from backend.accounts.keys.gamekeys import routes as game_keys
from backend.accounts.keys.tokens import routes as tokens
from backend.accounts.tenants import routes as tenants
from backend.web.route import Route

ROUTES: Final[tuple[Route, ...]] = (*tenants.ROUTES, *api_keys.ROUTES, *game_keys.ROUTES, *tokens.ROUTES)
