"""Every module that declares tables, so that the whole model can be compared with a schema."""

from typing import Final

from sqlalchemy import MetaData

from backend.accounts.audit import models as audit
from backend.db import claims, leases, outbox
from backend.db.model import Base

MODULES: Final = (claims, leases, outbox, audit)


def metadata() -> MetaData:
    return Base.metadata
