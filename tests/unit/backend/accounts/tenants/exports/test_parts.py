"""What an export has of the tables, and what it leaves out."""

from dataclasses import replace

import pytest

from backend.accounts.tenants.exports.parts import OPENED, parts, shown
from backend.accounts.tenants.exports.words import readme
from backend.compliance import inventory
from backend.db.tenancy.tables import tenant_tables
from bridge.tables import metadata

LEFT_OUT = {"subject_keys": "it holds keys, which open nothing outside of the database"}


def test_every_table_of_tenants_is_in_it_or_says_why_not() -> None:
    ours = {table.name for table in tenant_tables(metadata()) if not table.info.get("test")}
    known = ours & {row.table for row in inventory.load()}

    assert known | {"audit_events"} == {part.table for part in parts()} | LEFT_OUT.keys()


def test_what_is_opened_is_sealed_and_stands_in_the_inventory() -> None:
    sealed = {(row.table, row.column) for row in inventory.load() if row.form == "sealed"}

    assert OPENED.keys() <= sealed
    assert all(column in metadata().tables[table].columns for (table, _), column in OPENED.items())


@pytest.mark.parametrize("form", ["hashed", "digest", "sealed"])
def test_a_column_that_checks_a_secret_is_left_out(form: inventory.Form) -> None:
    rows = [row for row in inventory.load() if row.table == "api_keys"]

    assert tuple(rows) == shown(rows)
    assert tuple(rows[1:]) == shown([replace(rows[0], form=form), *rows[1:]])


def test_no_part_has_a_hash_or_a_digest() -> None:
    assert {"plain", "sealed"} == {row.form for part in parts() for row in part.rows}
    assert OPENED.keys() == {(row.table, row.column) for part in parts() for row in part.rows if row.form == "sealed"}


def test_the_parts_come_in_the_order_of_their_names() -> None:
    names = [part.table for part in parts()]

    assert sorted(names) == names


def test_the_readme_tells_of_each_file_and_each_column_what_it_is() -> None:
    told = readme(parts()).decode()
    for part in parts():
        about_it = told.partition(f"\n{part.name}: ")[2].partition("\n\n")[0]
        assert [f"  {row.column}: {row.what}" for row in part.rows] == about_it.splitlines()[1:]
