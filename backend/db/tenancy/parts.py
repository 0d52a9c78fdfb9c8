"""The parts of a statement that SQLAlchemy has no public names for; all that depends on its inside stands here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Dialect, FromClause, Insert, Select, Update
from sqlalchemy.sql.dml import UpdateBase

from backend.db.tenancy.froms import GuardRefused, place_of


@dataclass(frozen=True, slots=True)
class Correlation:
    """Which places of the statements around it a SELECT leaves out of its FROM; both None if it says nothing."""

    to: frozenset[int] | None
    to_all_but: frozenset[int] | None


def correlation_of(statement: Select[Any]) -> Correlation:
    if statement._correlate_except is not None:
        return Correlation(None, frozenset(map(place_of, statement._correlate_except)))
    # Without the automatic one, an empty list says: to nothing.
    says_nothing = statement._auto_correlate and not statement._correlate
    return Correlation(None if says_nothing else frozenset(map(place_of, statement._correlate)), None)


def froms_of(statement: Select[Any], dialect: Dialect) -> list[FromClause]:
    """Return what its FROM will hold, worked out as for its SQL."""
    # The public `get_final_froms` writes the whole statement in a dialect that knows nothing of ours.
    compiler = dialect.statement_compiler(dialect, None)
    state: Any = statement._compile_state_factory(statement, compiler)
    return list(state._get_display_froms())


def conditions_of(statement: Update | Delete) -> tuple[Any, ...]:
    return tuple(statement._where_criteria)


def ctes_beside(statement: UpdateBase) -> tuple[Any, ...]:
    return tuple(statement._independent_ctes)


def returned_by(statement: UpdateBase) -> tuple[Any, ...]:
    return tuple(statement._returning)


def expressions_of(statement: Any) -> Iterator[Any]:
    for name in (
        "_raw_columns",
        "_where_criteria",
        "_having_criteria",
        "_order_by_clauses",
        "_group_by_clauses",
        "_distinct_on",
        "_independent_ctes",
    ):
        yield from getattr(statement, name, ())
    for name in ("_limit_clause", "_offset_clause", "_fetch_clause"):
        if (clause := getattr(statement, name, None)) is not None:
            yield clause


def values_of(statement: Update | Delete) -> list[tuple[str, Any]]:
    given = [*(getattr(statement, "_values", None) or {}).items(), *(getattr(statement, "_ordered_values", None) or ())]
    return [(getattr(name, "name", name), value) for name, value in given]


def rows_of(statement: Insert) -> Iterator[dict[Any, Any]]:
    for group in statement._multi_values:
        for row in group:
            if not isinstance(row, dict):
                raise GuardRefused("rows of an INSERT are given by the names of their columns")
            yield row
    if statement._values:
        yield dict(statement._values)
