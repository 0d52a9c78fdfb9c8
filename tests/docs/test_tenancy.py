"""docs/tenancy.md lists the tables that belong to no tenant, each with its reason."""

import re

from backend.db.tenancy.tables import global_tables
from bridge.tables import metadata
from gates.tree import ROOT


def test_the_page_lists_the_tables_of_no_tenant() -> None:
    page = (ROOT / "docs" / "tenancy.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))

    assert global_tables(metadata()) == listed
