"""The first unfinished row of each order key: the only one of them that may be worked off.

Asked of each row ("is there none before it?") a long row of rows would be asked as often as it is long, for each of
its steps. So the question goes the other way, key by key along the index of the unfinished: one step for each order
key, however many rows wait behind its first.
"""

from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from backend.db.outbox import DONE, OutboxEntry

_Any: Final = aliased(OutboxEntry)
_Later: Final = aliased(OutboxEntry)
_First: Final = aliased(OutboxEntry)


def head_of(order_key: str) -> Select[int]:
    return _first_id().where(_First.order_key == order_key)


def heads() -> Select[int]:
    lowest = select(_Any.order_key).where(_Any.order_key.is_not(None), _Any.state != DONE)
    keys = select(lowest.order_by(_Any.order_key).limit(1).scalar_subquery().label("order_key")).cte(
        "order_keys", recursive=True
    )
    next_one = (
        select(_Later.order_key)
        .where(_Later.order_key > keys.c.order_key, _Later.state != DONE)
        .order_by(_Later.order_key)
        .limit(1)
        .scalar_subquery()
    )
    keys = keys.union_all(select(next_one).where(keys.c.order_key.is_not(None)))
    first = _first_id().where(_First.order_key == keys.c.order_key).scalar_subquery()
    return select(first).where(keys.c.order_key.is_not(None))


def _first_id() -> Select[int]:
    return select(_First.id).where(_First.state != DONE).order_by(_First.id).limit(1)
