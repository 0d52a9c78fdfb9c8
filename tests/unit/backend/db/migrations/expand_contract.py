"""Read a migration without running it, and say what in it would break the release before it.

The previous release goes on working beside a migration. So nothing that it may still use is dropped, renamed or made
narrower: that is left to a later release than the one that stopped using it, and declared in the migration.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# What takes a whole table away, and the name of the argument that says which.
TAKES_TABLES = {"drop_table": "table_name", "rename_table": "old_table_name"}
# What an ALTER of a column may do to the previous release: a new name, a type that holds less, no more NULLs.
NARROWS = {"new_column_name", "type_", "nullable"}
# A new rule on a table that is there already is one that the previous release does not know.
ADDS_A_RULE = {"create_check_constraint", "create_unique_constraint", "create_foreign_key", "create_exclude_constraint"}
RAW_SQL = re.compile(r"\b(DROP|RENAME|ALTER|TRUNCATE)\b", re.IGNORECASE)


def faults(file: Path, *, this_release: str) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    release, contracts = _constant(tree, "release"), _constant(tree, "contracts")
    if not isinstance(release, str) or not isinstance(contracts, dict):
        return [f"{file.name} does not declare `release` and `contracts` as the template does"]
    found = []
    if _order(release) > _order(this_release):
        found.append(f"{file.name} says it ships with {release}, and this is {this_release}")
    needed, plain = _read(tree)
    found += [f"{file.name}: {fault}" for fault in plain]
    for name in sorted(needed):
        since = contracts.get(name)
        if since is None:
            found.append(f"{file.name} takes away {name}, and does not declare since when nothing uses it")
        elif _order(since) >= _order(release):
            found.append(f"{file.name} takes away {name} in {release}, the release that stopped using it")
    found += [f"{file.name} declares {name} and does not take it away" for name in sorted(contracts.keys() - needed)]
    return found


def _read(tree: ast.Module) -> tuple[set[str], list[str]]:
    """Return what the way up takes away, and what is wrong whatever is declared."""
    needed: set[str] = set()
    plain: list[str] = []
    made: set[str] = set()
    for batch_table, call in _calls(tree):
        operation = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        arguments = _arguments(call)
        table = batch_table or _text(arguments.get("table_name") or arguments.get(0))
        column = _text(arguments.get("column_name") or arguments.get(0 if batch_table else 1))
        if operation == "create_table":
            made.add(table)
        elif operation in TAKES_TABLES:
            needed.add(_text(arguments.get(0) or arguments.get(TAKES_TABLES[operation])))
        elif operation == "drop_column" or (operation == "alter_column" and _narrows(arguments)):
            needed.add(f"{table}.{column}")
        elif operation in ADDS_A_RULE:
            on = arguments.get(1) or arguments.get("table_name") or arguments.get("source_table")
            target = batch_table or _text(on)
            needed.add(f"{target}.{_text(arguments.get(0))}")
        elif operation == "add_column":
            plain += _added(call)
        elif operation == "execute":
            plain += _executed(arguments.get(0))
    needed -= {name for name in needed if name.partition(".")[0] in made}
    plain += [f"{name!r}: a name that is worked out cannot be checked" for name in needed if "?" in name]
    return needed, plain


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every operation outside of the way down, with the table of the batch it stands in."""
    for node in tree.body:
        if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade"):
            yield from _calls_below(node, "")


def _calls_below(node: ast.AST, batch_table: str) -> Iterator[tuple[str, ast.Call]]:
    if isinstance(node, ast.With):
        for item in node.items:
            opened = item.context_expr
            if isinstance(opened, ast.Call) and getattr(opened.func, "attr", "") == "batch_alter_table":
                batch_table = _text(_arguments(opened).get(0) or _arguments(opened).get("table_name"))
    if isinstance(node, ast.Call):
        of_batch = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "op") != "op"
        yield (batch_table if of_batch else ""), node
    for child in ast.iter_child_nodes(node):
        yield from _calls_below(child, batch_table)


def _narrows(arguments: dict[int | str, ast.expr]) -> bool:
    allows_null = arguments.get("nullable")
    widened = isinstance(allows_null, ast.Constant) and allows_null.value is True
    return bool(NARROWS & arguments.keys() - ({"nullable"} if widened else set()))


def _added(call: ast.Call) -> list[str]:
    for column in (part for part in ast.walk(call) if getattr(getattr(part, "func", None), "attr", "") == "Column"):
        assert isinstance(column, ast.Call)
        given = _arguments(column)
        allows_null = given.get("nullable")
        if isinstance(allows_null, ast.Constant) and allows_null.value is False and "server_default" not in given:
            name = _text(given.get(0))
            return [f"the new column {name} takes no NULL and has no server_default: the release before leaves it out"]
    return []


def _executed(statement: ast.expr | None) -> list[str]:
    texts = [part.value for part in ast.walk(statement or ast.Constant("")) if isinstance(part, ast.Constant)]
    if any(isinstance(text, str) and RAW_SQL.search(text) for text in texts):
        return ["SQL that drops, renames or alters: say it with the operation of that name, which can be checked"]
    return []


def _arguments(call: ast.Call) -> dict[int | str, ast.expr]:
    found: dict[int | str, ast.expr] = dict(enumerate(call.args))
    return found | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"


def _constant(tree: ast.Module, name: str) -> object:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == name:
            value = getattr(node, "value", None)
            return ast.literal_eval(value) if isinstance(value, ast.expr) else None
    return None


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
