"""Holds each statement of a unit to the unit's tenant, before it is sent.

How a statement is held is worked out once for each compiled form; the bound values are compared at every execution, in
each of its rows. SQL that was not compiled from a statement is refused: nobody can see whose rows it touches.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Engine, event

from backend.db.tenancy.froms import GuardRefused
from backend.db.tenancy.reading import Plan, plan_for
from backend.db.tenancy.tables import TENANT_ID
from backend.db.tenancy.tenant import TENANT_OPTION

# Where the plan is kept on a compiled statement.
_PLAN: Final = "_toolboxai_plan"
# The other name under which a row of a long VALUES brings its tenant.
_ROW: Final = f"{TENANT_ID}_m"


def install(engine: Engine) -> None:
    event.listen(engine, "before_cursor_execute", _check)


def _check(_connection: Any, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: object) -> None:
    compiled = getattr(context, "compiled", None)
    if compiled is None:
        raise GuardRefused("SQL that was not made from a statement is not sent: nobody can see whose rows it touches")
    held = compiled.__dict__.get(_PLAN)
    if held is None:
        plan = plan_for(compiled.statement, context.dialect)
        names = {bind.key: name for bind, name in compiled.bind_names.items()}
        held = _Compiled(plan, tuple(names[key] for key in plan.binds))
        setattr(compiled, _PLAN, held)
    if not held.plan.is_free:
        held.compare(context.execution_options.get(TENANT_OPTION), context.compiled_parameters)


class _Compiled:
    """A plan with the names that its values have in one compiled form."""

    __slots__ = ("names", "plan")

    def __init__(self, plan: Plan, names: tuple[str, ...]) -> None:
        self.plan = plan
        self.names = names

    def compare(self, tenant: str | None, rows: Sequence[Mapping[str, object]]) -> None:
        if tenant is None:
            raise GuardRefused("a unit without a tenant touches no table of tenants; say whose unit it is")
        for row in rows:
            if any(row.get(name) != tenant for name in self.names):
                raise GuardRefused("the unit belongs to one tenant, and its statement names another")
            if self.plan.updates and TENANT_ID in row:
                raise GuardRefused("a row stays with its tenant")
            if self.plan.inserts and not self._is_own_row(tenant, row):
                raise GuardRefused("the unit belongs to one tenant, and a row of its statement to another or to none")

    def _is_own_row(self, tenant: str, row: Mapping[str, object]) -> bool:
        if self.plan.named_rows > 1:
            return all(row.get(f"{_ROW}{number}") == tenant for number in range(self.plan.named_rows))
        return row.get(TENANT_ID, row.get(f"{_ROW}0")) == tenant
