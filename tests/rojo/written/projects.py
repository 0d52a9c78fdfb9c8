"""What a project file may say of itself: its keys, their types, and the form of the text."""

from typing import Any, Final

from tests.rojo.case import Case, Content, of_folder, of_tree, project, text

FOLDER: Final = {"$className": "Folder"}
SCRIPT: Final = {"src/a.server.lua": "print(1)\n", "src/b.client.lua": "print(2)\n"}


def key(name: str, value: object) -> dict[str, Content]:
    """Return a project with one more key at its top."""
    return of_tree(FOLDER, **{name: value})


def raw(content: str | bytes, path: str = "default.project.json") -> dict[str, Content]:
    return {path: content}


def keyed(name: str, *values: tuple[str, object]) -> tuple[Case, ...]:
    return tuple(Case(f"{name} is {how}", key(name, value)) for how, value in values)


def nested(levels: int) -> str:
    tree: dict[str, Any] = {"$className": "Folder"}
    for _ in range(levels):
        tree = {"$className": "Folder", "a": tree}
    return project(tree)


NAMES: Final = (
    Case("the folder names the project where its file does not", raw(text({"tree": FOLDER}))),
    Case(
        "a jsonc file takes the name of its folder too",
        raw(text({"tree": FOLDER}), "default.project.jsonc"),
    ),
    Case("a name is null", raw(text({"name": None, "tree": FOLDER}))),
    Case("a name is empty", raw(text({"name": "", "tree": FOLDER}))),
    Case("a name is a number", raw(text({"name": 7, "tree": FOLDER}))),
    Case("a file of its own name has a name inside", raw(project(FOLDER), "it.project.json"), "it.project.json"),
    Case(
        "a file of its own name has no name inside", raw(text({"tree": FOLDER}), "it.project.json"), "it.project.json"
    ),
    Case("the default file is named", raw(text({"tree": FOLDER})), "default.project.json"),
    Case(
        "json comes before jsonc", raw(project(FOLDER)) | raw(project({"$className": "Part"}), "default.project.jsonc")
    ),
    Case("a file that is no project is named", raw(project(FOLDER), "it.json"), "it.json"),
    Case("a script is named", {"a.lua": "return 1\n"}, "a.lua"),
    Case("a folder without a project is named", {"a.lua": "return 1\n"}),
    Case("a folder of another project is named", {"in/default.project.json": project(FOLDER)}, "in"),
    Case("what is named is not there", raw(project(FOLDER)), "nowhere"),
    Case("the default project is a folder", {"default.project.json/a.lua": "return 1\n"}),
)
KEYS: Final = (
    *keyed("$schema", ("a string", "https://example.com/schema.json"), ("a number", 7), ("null", None)),
    *keyed("servePort", ("a port", 34_873), ("zero", 0), ("null", None)),
    *keyed("servePort", ("too large", 65_536), ("below zero", -1), ("a fraction", 1.5), ("a string", "34872")),
    *keyed(
        "servePlaceIds", ("a list", [1, 2, 2]), ("empty", []), ("null", None), ("a number", 1), ("of strings", ["1"])
    ),
    *keyed("blockedPlaceIds", ("a list", [3]), ("below zero", [-3]), ("a string", "3")),
    *keyed("placeId", ("a number", 123_456_789_012), ("a string", "1"), ("below zero", -1)),
    *keyed("gameId", ("a number", 2**63), ("above 64 bits", 2**64), ("a fraction", 1.5)),
    *keyed("serveAddress", ("version 4", "0.0.0.0"), ("version 6", "::1"), ("a name", "localhost"), ("a number", 1)),
    *keyed("serveAllowedHosts", ("a list", ["mypc.lan"]), ("a string", "mypc.lan"), ("null", None)),
    *keyed("emitLegacyScripts", ("null", None), ("a string", "true"), ("a number", 1)),
    *keyed("globIgnorePaths", ("empty", []), ("a string", "**"), ("a wrong pattern", ["a["]), ("of numbers", [1])),
    *keyed("globIgnorePaths", ("null", None), ("an open brace", ["a{b"]), ("a lone mark", ["!"])),
    *keyed("syncRules", ("empty", []), ("an object", {}), ("null", None)),
    *keyed("somethingElse", ("a number", 1), ("null", None)),
    *keyed("Name", ("a string", "x")),
    Case(
        "syncbackRules has every key",
        key(
            "syncbackRules",
            {
                "ignoreTrees": ["A/B"],
                "ignorePaths": ["a/**"],
                "ignoreProperties": {"Part": ["Color"]},
                "syncCurrentCamera": True,
                "syncUnscriptable": False,
                "ignoreReferents": True,
                "createIgnoreDirPaths": False,
            },
        ),
    ),
    Case("syncbackRules has an unknown key", key("syncbackRules", {"ignoreTree": []})),
    Case("syncbackRules has a wrong value", key("syncbackRules", {"ignoreTrees": "A"})),
    Case("there is no tree", raw(text({"name": "Project"}))),
    Case("the tree is null", raw(text({"name": "Project", "tree": None}))),
    Case("the tree is a list", raw(text({"name": "Project", "tree": []}))),
    Case("the tree is a string", raw(text({"name": "Project", "tree": "src"}))),
)
FORMS: Final = (
    Case("a file is empty", raw("")),
    Case("a file is white", raw(" \n\t")),
    Case("a file is a comment", raw("// nothing\n")),
    Case("a file is a list", raw("[]")),
    Case("a file is null", raw("null")),
    Case("a file is cut off", raw('{"name": "x", "tree": {"$className": "Folder"}')),
    Case("a file goes on after its end", raw(f"{project(FOLDER)} {{}}")),
    Case("a file begins with a mark of byte order", raw(f"\ufeff{project(FOLDER)}")),
    Case("a file is UTF-16", raw(project(FOLDER).encode("utf-16"))),
    Case("a file is not UTF-8", raw(b'{"name": "\xff", "tree": {"$className": "Folder"}}')),
    Case("lines end in CRLF", raw('{\r\n "name": "x",\r\n "tree": {"$className": "Folder"}\r\n}\r\n')),
    Case("comments of both kinds", raw('/* a */ {"name": "x", // b\n "tree": {"$className": "Folder" /* c */}} // d')),
    Case("a comment has no end", raw(f"{project(FOLDER)} /*")),
    Case("a hash begins a comment", raw(f"# a\n{project(FOLDER)}")),
    Case("commas that trail", raw('{"name": "x", "tree": {"$className": "Folder",},}')),
    Case("two commas", raw('{"name": "x",, "tree": {"$className": "Folder"}}')),
    Case("commas are missing", raw('{"name": "x" "tree": {"$className": "Folder"}}')),
    Case("single quotes", raw("{'name': 'x', 'tree': {'$className': 'Folder'}}")),
    Case("keys without quotes", raw('{name: "x", tree: {"$className": "Folder"}}')),
    Case("a number in hexadecimal", raw('{"name": "x", "servePort": 0x10, "tree": {"$className": "Folder"}}')),
    Case("a number with a plus", raw('{"name": "x", "servePort": +10, "tree": {"$className": "Folder"}}')),
    Case("a number with a zero in front", raw('{"name": "x", "servePort": 010, "tree": {"$className": "Folder"}}')),
    Case("a number with an exponent", raw('{"name": "x", "servePort": 1e2, "tree": {"$className": "Folder"}}')),
    Case("a number as a whole fraction", raw('{"name": "x", "servePort": 80.0, "tree": {"$className": "Folder"}}')),
    Case("escapes in a name", raw('{"name": "\\u00e9\\n\\ud83d\\ude00\\/\\"", "tree": {"$className": "Folder"}}')),
    Case("half of a pair as an escape", raw('{"name": "\\ud83d", "tree": {"$className": "Folder"}}')),
    Case("an escape of its own kind", raw('{"name": "\\x", "tree": {"$className": "Folder"}}')),
    Case("a line ends inside a string", raw('{"name": "a\nb", "tree": {"$className": "Folder"}}')),
    Case("a tab inside a string", raw('{"name": "a\tb", "tree": {"$className": "Folder"}}')),
    Case("a key comes twice", raw('{"name": "x", "name": "y", "tree": {"$className": "Folder"}}')),
    Case(
        "the tree comes twice", raw('{"name": "x", "tree": {"$className": "Folder"}, "tree": {"$className": "Part"}}')
    ),
    Case(
        "a child comes twice",
        raw(
            '{"name": "x", "tree": {"$className": "Folder", "a": {"$className": "Folder"}, '
            '"a": {"$className": "Part"}}}'
        ),
    ),
    Case("a hundred levels", raw(nested(100))),
    Case("words of JavaScript", raw('{"name": undefined, "tree": {"$className": "Folder"}}')),
    Case("NaN", raw('{"name": "x", "servePort": NaN, "tree": {"$className": "Folder"}}')),
)
LEGACY: Final = (
    Case("scripts are legacy unless it is said", of_tree({"$path": "src"}, SCRIPT)),
    Case("scripts are legacy", of_tree({"$path": "src"}, SCRIPT, emitLegacyScripts=True)),
    Case("scripts are not legacy", of_tree({"$path": "src"}, SCRIPT, emitLegacyScripts=False)),
    Case(
        "init scripts are not legacy",
        of_folder({"a/init.client.lua": "", "b/init.server.luau": ""}, emitLegacyScripts=False),
    ),
)
CASES: Final = (*NAMES, *KEYS, *FORMS, *LEGACY)
