"""Every module of the backend that declares tables; the packages above bring their own (`bridge/tables.py`)."""

from typing import Final

from sqlalchemy import MetaData

from backend.accounts.audit import models as audit
from backend.accounts.keys.apikeys import models as api_keys
from backend.accounts.keys.gamekeys import models as game_keys
from backend.accounts.keys.lookups import models as lookups
from backend.accounts.keys.tokens import models as tokens
from backend.accounts.people import models as people
from backend.accounts.signin import models as signin
from backend.accounts.tenants import models as tenants
from backend.accounts.tenants.exports import models as exports
from backend.db import claims, leases, outbox, rights_changes
from backend.db.model import Base
from backend.sealing import models as sealing

MODULES: Final = (
    *(claims, leases, outbox, rights_changes),
    *(tenants, exports, lookups, api_keys, game_keys, tokens, audit),
    *(sealing, people, signin),
)


def metadata() -> MetaData:
    """Return the tables of every module that was imported, these and what the program has beside them."""
    return Base.metadata
