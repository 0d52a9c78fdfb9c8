"""Works out which bound values hold a statement to a tenant; refuses one that nothing holds.

Each place where rows of a tenant's table come in has to be tied: its tenant_id equals a bound value, or the tenant_id
of a place that is tied, in a condition that has to hold for each row. What is not understood is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CompoundSelect, Delete, Dialect, Insert, Select, Table, Update
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import (
    BindParameter,
    ColumnElement,
    ReleaseSavepointClause,
    RollbackToSavepointClause,
    SavepointClause,
)
from sqlalchemy.sql.selectable import (
    CTE,
    Alias,
    FromClause,
    Join,
    Lateral,
    ScalarSelect,
    SelectBase,
    SelectStatementGrouping,
    Subquery,
    TableClause,
    TableSample,
    TableValuedAlias,
    Values,
)

from backend.db.tenancy.froms import NO_PLACES, GuardRefused, Tie, place_of, table_in, ties_in
from backend.db.tenancy.parts import (
    conditions_of,
    correlation_of,
    ctes_beside,
    expressions_of,
    froms_of,
    returned_by,
    rows_of,
    values_of,
)
from backend.db.tenancy.tables import TENANT_ID
from backend.db.tenancy.words import refuse_unknown_words

_ONE_IS_NOT_CORRELATED: Final = 2
# Sent by a transaction for its `savepoint`; a unit that sends one itself is refused before.
_SAVEPOINTS: Final = (SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause)


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be compared before a statement is sent."""

    # The keys of the bound values that have to be the tenant of the unit.
    binds: frozenset[str] = frozenset()
    # Whether each row of an INSERT has to bring its tenant, and how many rows its VALUES name by themselves.
    inserts: bool = False
    named_rows: int = 0
    updates: bool = False

    @property
    def is_free(self) -> bool:
        """Whether it touches no row of any tenant."""
        return not (self.binds or self.inserts or self.updates)


@dataclass(frozen=True, slots=True)
class _Around:
    """The places of the statements around a part of one; all of them are tied, or will be refused."""

    # Of the one right around it: SQLAlchemy leaves these out of the FROM of an inner SELECT by itself.
    nearest: frozenset[int] = NO_PLACES
    # Of all around it, for an explicit `correlate`.
    every: frozenset[int] = NO_PLACES


NOTHING_AROUND: Final = _Around()


def plan_for(statement: Any, dialect: Dialect) -> Plan:
    if isinstance(statement, _SAVEPOINTS):
        return Plan()
    reading = _Reading(dialect)
    if isinstance(statement, Insert):
        return reading.insert(statement)
    if isinstance(statement, (Update, Delete)):
        reading.change(statement)
        return Plan(frozenset(reading.binds), updates=isinstance(statement, Update) and _is_tenants(statement))
    if isinstance(statement, SelectBase):
        reading.part(statement, NOTHING_AROUND)
        return Plan(frozenset(reading.binds))
    raise GuardRefused(f"a unit sends SELECT, INSERT, UPDATE and DELETE, and no {type(statement).__name__}")


def _is_tenants(statement: UpdateBase) -> bool:
    return table_in(statement.table) is not None


class _Reading:
    def __init__(self, dialect: Dialect) -> None:
        self.binds: set[str] = set()
        self._seen_ctes: set[int] = set()
        self._dialect = dialect

    def part(self, element: Any, around: _Around) -> None:
        """Read an expression, or a statement inside of another."""
        refuse_unknown_words(element)
        if isinstance(element, Select):
            self._select(element, around)
        elif isinstance(element, (CompoundSelect, CTE, Subquery, Lateral)):
            self._from(element)
        elif isinstance(element, (SelectStatementGrouping, ScalarSelect)):
            self.part(element.element, around)
        elif isinstance(element, UpdateBase):
            raise GuardRefused("a statement that writes inside of another is not understood")
        elif isinstance(element, TableClause):
            table_in(element)
        else:
            for child in element.get_children():
                self.part(child, around)

    def _select(self, statement: Select[Any], around: _Around) -> None:
        froms = froms_of(statement, self._dialect)
        outer = {place_of(each) for each in froms if self._is_correlated(each, froms, statement, around)}
        needed: dict[int, Table] = {}
        ties: list[Tie] = list(ties_in(statement.whereclause))
        for each in froms:
            if place_of(each) not in outer:
                ties += self._read_from(each, needed)
        self._settle(needed, ties, outer | around.every)
        own = frozenset(needed) | {place_of(each) for each in froms}
        inside = _Around(own, own | around.every)
        for each in expressions_of(statement):
            if not isinstance(each, FromClause) or isinstance(each, CTE):
                self.part(each, inside)

    def _is_correlated(
        self, element: FromClause, froms: list[FromClause], statement: Select[Any], around: _Around
    ) -> bool:
        place = place_of(element)
        named = correlation_of(statement)
        if named.to is not None:
            return place in named.to and place in around.every
        if named.to_all_but is not None:
            return place not in named.to_all_but and place in around.every
        # Alone in its FROM it is read once more, by itself.
        return len(froms) >= _ONE_IS_NOT_CORRELATED and place in around.nearest

    def _read_from(self, element: FromClause, needed: dict[int, Table]) -> Iterator[Tie]:
        """Note the places below a FROM, and yield the ties that the conditions of its joins make."""
        refuse_unknown_words(element)
        if isinstance(element, Join):
            left: dict[int, Table] = {}
            right: dict[int, Table] = {}
            yield from self._read_from(element.left, left)
            right_ties = list(self._read_from(element.right, right))
            needed |= left | right
            on = list(ties_in(element.onclause))
            if element.full:
                # A row of either side comes without the other.
                on = []
            elif element.isouter:
                # Rows of the left side come whatever the condition says.
                on = [tie for tie in on if tie.place in right]
            yield from right_ties
            yield from on
            self.part(element.onclause, NOTHING_AROUND)
        elif isinstance(element, (Table, TableSample)) or (
            isinstance(element, Alias) and not isinstance(element.element, SelectBase)
        ):
            table = table_in(element)
            if table is not None:
                needed[place_of(element)] = table
        else:
            self._from(element)

    def _from(self, element: Any) -> None:
        """Read what stands in a FROM and is no table: nothing around it reaches into it."""
        if isinstance(element, CTE):
            if hash(element) in self._seen_ctes:
                return
            self._seen_ctes.add(hash(element))
        if isinstance(element, CompoundSelect):
            for each in (*element.selects, *expressions_of(element)):
                self.part(each, NOTHING_AROUND)
        elif isinstance(element, (Alias, Subquery, CTE, Lateral)):
            self.part(element.element, NOTHING_AROUND)
        elif isinstance(element, (TableValuedAlias, Values, SelectStatementGrouping)):
            for child in element.get_children():
                self.part(child, NOTHING_AROUND)
        else:
            raise GuardRefused(f"a FROM with a {type(element).__name__} is not understood")

    def _settle(self, needed: dict[int, Table], ties: Iterable[Tie], tied: Iterable[int]) -> None:
        """Follow the ties from what is tied to what is needed."""
        # What is read here is not the row of the same table around it.
        held = set(tied) - needed.keys()
        open_ties = [tie for tie in ties if tie.place in needed]
        grew = True
        while grew:
            grew = False
            for tie in open_ties:
                if isinstance(tie.source, BindParameter):
                    self.binds.add(tie.source.key)
                elif tie.source not in held:
                    continue
                if tie.place not in held:
                    held.add(tie.place)
                    grew = True
        for place, table in needed.items():
            if place not in held:
                raise GuardRefused(f"nothing holds {table.name} to one tenant: compare its {TENANT_ID} with the unit's")

    def change(self, statement: Update | Delete) -> None:
        """Read an UPDATE or DELETE: its table, and each table beside it that it names."""
        refuse_unknown_words(statement)
        self._beside(statement)
        given = values_of(statement)
        parts = [*conditions_of(statement), *(value for _, value in given), *returned_by(statement)]
        needed: dict[int, Table] = {}
        for element in (statement.table, *_tables_beside(parts)):
            for _ in self._read_from(element, needed):
                raise GuardRefused("a change of joined tables is not understood")
        if _is_tenants(statement) and any(name == TENANT_ID for name, _ in given):
            raise GuardRefused("a row stays with its tenant")
        self._settle(needed, [tie for each in conditions_of(statement) for tie in ties_in(each)], NO_PLACES)
        own = frozenset(needed) | {place_of(statement.table)}
        for each in parts:
            if not isinstance(each, FromClause):
                self.part(each, _Around(own, own))

    def _beside(self, statement: UpdateBase) -> None:
        for each in ctes_beside(statement):
            self.part(each, NOTHING_AROUND)

    def insert(self, statement: Insert) -> Plan:
        refuse_unknown_words(statement)
        self._beside(statement)
        is_tenants = table_in(statement.table) is not None
        if statement.select is not None:
            if is_tenants:
                raise GuardRefused("an INSERT from a SELECT may bring rows of others")
            self.part(statement.select, NOTHING_AROUND)
        rows = list(rows_of(statement))
        for row in rows:
            for value in row.values():
                if isinstance(value, ColumnElement):
                    self.part(value, NOTHING_AROUND)
        for each in returned_by(statement):
            if not isinstance(each, FromClause):
                self.part(each, NOTHING_AROUND)
        self._conflict(statement, is_tenants=is_tenants)
        return Plan(frozenset(self.binds), inserts=is_tenants, named_rows=len(rows))

    def _conflict(self, statement: Insert, *, is_tenants: bool) -> None:
        clause = getattr(statement, "_post_values_clause", None)
        if clause is None:
            return
        changes = list(dict(getattr(clause, "update_values_to_set", ())).items())
        for part in (clause.inferred_target_whereclause, getattr(clause, "update_whereclause", None)):
            if part is not None:
                self.part(part, _Around(frozenset({place_of(statement.table)}), NO_PLACES))
        for name, value in changes:
            if is_tenants and getattr(name, "name", name) == TENANT_ID:
                raise GuardRefused(f"a row of {statement.table.name} stays with its tenant")
            if isinstance(value, ColumnElement):
                self.part(value, NOTHING_AROUND)
        target = [getattr(each, "name", each) for each in clause.inferred_target_elements or ()]
        if is_tenants and changes and TENANT_ID not in target:
            raise GuardRefused(f"an upsert into {statement.table.name} could change the row of another tenant")


def _tables_beside(parts: Iterable[Any]) -> Iterator[FromClause]:
    """Yield the tables whose columns are named outside of inner SELECTs."""
    for each in parts:
        if isinstance(each, SelectBase) or each is None:
            continue
        table = getattr(each, "table", None)
        if isinstance(table, FromClause):
            yield table
        elif not isinstance(each, FromClause):
            yield from _tables_beside(each.get_children())
