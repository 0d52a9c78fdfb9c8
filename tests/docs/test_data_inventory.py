"""docs/data-inventory.md is what the inventory says, and the inventory has every column."""

from backend.accounts import erasure as accounts
from backend.compliance.inventory import load
from backend.db.rights_changes import RightsChanges
from backend.sealing.vault import Vault
from bridge.gate import erasure as gate
from bridge.tables import MODULES, metadata
from core_rs import Table
from tests.contract.inventory_page import PAGE, written


def test_the_page_is_what_the_inventory_says() -> None:
    assert written(load()) == PAGE.read_text(encoding="utf-8"), "run `make access`, and read the diff"


def test_every_column_of_every_table_has_a_row_and_no_other() -> None:
    columns = {
        (table.name, column.name)
        for table in metadata().sorted_tables
        if not table.info.get("test")
        for column in table.columns
    }
    named = {(row.table, row.column) for row in load()}

    assert named <= columns, "rows of columns that are not there"
    ours = {table for table, _ in named}
    assert {each for each in columns if each[0] in ours} == named


def test_every_table_of_the_migrations_is_in_it() -> None:
    tables = {
        each.__tablename__
        for module in MODULES
        for each in vars(module).values()
        if isinstance(each, type) and hasattr(each, "__tablename__") and each.__module__ == module.__name__
    }

    assert len(tables) > 20
    assert tables == {row.table for row in load()}


def test_what_an_erasure_takes_is_taken_by_a_step_that_there_is() -> None:
    def no_vault() -> Vault:
        raise AssertionError("a step asks for it when it runs")

    rights = RightsChanges(Table.in_process())
    steps = {step.name for step in (*gate.steps(lambda: rights), *accounts.steps(lambda: rights, no_vault))}

    assert steps == {row.erased_by for row in load() if not row.stays}
