"""What may stand in a statement at all: nothing whose SQL is not known part by part."""

import re
from typing import Any, Final

from sqlalchemy import TextClause
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import TextualSelect

from backend.db.tenancy.froms import GuardRefused

# A word or a number that the planner has to see as it is, and the * of EXISTS; there is no room for a query in it.
_PLAIN_LITERAL: Final = re.compile(r"'[a-z0-9_ ]{0,64}'|[0-9]{1,19}|\*")
_TEXTS: Final = ("_prefixes", "_suffixes", "_hints", "_statement_hints")


def refuse_unknown_words(element: Any) -> None:
    if isinstance(element, (TextClause, TextualSelect)):
        raise GuardRefused("SQL as text is not sent: nobody can see whose rows it touches")
    if isinstance(element, ColumnClause) and element.is_literal and _PLAIN_LITERAL.fullmatch(element.name) is None:
        raise GuardRefused("a literal column is more than a plain word or number")
    for operator in (getattr(element, "operator", None), getattr(element, "modifier", None)):
        if isinstance(operator, custom_op):
            raise GuardRefused(f"the operator {operator.opstring} is text, so nobody knows what it does")
    for name in _TEXTS:
        if getattr(element, name, None):
            raise GuardRefused("a statement with prefixes, suffixes or hints is text in part")
