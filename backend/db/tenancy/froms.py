"""What a statement reads from or writes to: each place in it where rows of a table come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, ColumnElement, Grouping
from sqlalchemy.sql.selectable import Alias, TableClause, TableSample

from backend.db.tenancy.tables import TENANT_ID, is_global
from backend.db.unit import UnitRefused


class GuardRefused(UnitRefused):
    """The statement cannot be held to one tenant, so it is not sent; its code has to be mended."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Rows of one place have the tenant of `source`: a bound value, or another place."""

    place: int
    source: "BindParameter[Any] | int"


def place_of(element: Any) -> int:
    """Return what tells one place in a statement from another; a copy with annotations is the same place."""
    return hash(element)


def table_in(element: Any) -> Table | None:
    """Return the table that a place reads, if it is one of tenants; None if its rows belong to nobody."""
    while isinstance(element, (Alias, TableSample)):
        element = element.element
    if isinstance(element, Table):
        return None if is_global(element) else element
    if isinstance(element, TableClause):
        raise GuardRefused(f"{element.name} is no table of a model, so nobody knows whose rows it has")
    return None


def conjuncts(clause: Any) -> Iterator[Any]:
    """Yield the conditions that all have to hold."""
    while isinstance(clause, Grouping):
        clause = clause.element
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for each in clause.clauses:
            yield from conjuncts(each)
    elif clause is not None:
        yield clause


def ties_in(clause: Any) -> Iterator[Tie]:
    """Yield what a condition says about tenants: `place.tenant_id = value` and `place.tenant_id = other.tenant_id`."""
    for each in conjuncts(clause):
        if not (isinstance(each, BinaryExpression) and each.operator is operators.eq):
            continue
        for one, other in ((each.left, each.right), (each.right, each.left)):
            place = _tenant_of(one)
            if place is None:
                continue
            if isinstance(other, BindParameter):
                yield Tie(place, other)
            elif (source := _tenant_of(other)) is not None:
                yield Tie(place, source)


def _tenant_of(element: ColumnElement[Any]) -> int | None:
    if getattr(element, "name", None) != TENANT_ID:
        return None
    table = getattr(element, "table", None)
    return None if table is None else place_of(table)


NO_PLACES: Final[frozenset[int]] = frozenset()
