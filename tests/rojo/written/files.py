"""Which file becomes what, by its name."""

from itertools import pairwise
from typing import Final

from tests.rojo.case import Case, Content, Folder, Link, of_folder, of_tree, raw_model, text

A: Final = "return 'a'\n"
META: Final = text({"properties": {"Disabled": {"Bool": True}}, "attributes": {"From": "meta"}})
INITS: Final = (
    *("init.luau", "init.lua", "init.server.luau", "init.server.lua", "init.client.luau", "init.client.lua"),
    *("init.plugin.lua", "init.plugin.luau", "init.csv"),
)


def named(name: str) -> dict[str, Content]:
    return of_folder({name: A})


def content(name: str) -> str:
    """Return what tells files of one folder apart."""
    return f"Key,en\n{name},x\n" if name.endswith(".csv") else f"-- {name}\n"


SCRIPTS: Final = (
    Case(
        "every ending of a script",
        of_folder(
            {
                f"{n}{kind}.{end}": ""
                for n, (kind, end) in enumerate(
                    [(k, e) for k in ("", ".server", ".client", ".plugin") for e in ("lua", "luau")]
                )
            }
        ),
    ),
    Case("endings in capitals", of_folder({"a.LUA": A, "b.Server.lua": A, "c.SERVER.LUA": A})),
    Case("endings of Roblox's own sync", of_folder({"a.local.luau": A, "b.legacy.luau": A})),
    Case("names with dots", of_folder({"a.b.c.lua": A, "d.e.server.lua": A, "f..lua": A})),
    Case("the ending alone", of_folder({".lua": A, ".server.lua": A, "server.lua": A})),
    Case("hidden files", of_folder({".a.lua": A, ".git/config": "x", ".b/c.lua": A})),
    Case(
        "files that are of no kind",
        of_folder({"README.md": "x", "a.lua.bak": A, "b": A, "c.png": b"\x89PNG", "d.lua~": A, "e.xml": "<a/>"}),
    ),
    Case(
        "a name of two kinds", of_folder({"a.lua": "-- 1", "a.luau": "-- 2", "a.server.lua": "-- 3", "a/b.lua": "-- 4"})
    ),
    Case("a folder with the name of a script", of_folder({"a.lua/b.lua": A, "c.server.lua/init.lua": A})),
    Case(
        "a folder with the name of a model", of_folder({"a.rbxm/b.lua": A, "c.json/d.lua": A, "e.meta.json/f.lua": A})
    ),
    Case("lines end in CRLF in a script", of_folder({"a.lua": "a\r\nb\rc\n\rd\r\n"})),
    Case("a script begins with a mark of byte order", of_folder({"a.lua": "\ufeffreturn 1\n"})),
    Case("a script is empty", of_folder({"a.lua": "", "b.server.luau": ""})),
    Case("a script holds every sign", of_folder({"a.lua": "-- \0\x01\x1f\x7f\u0080\u2028\u2029\ufffd😀é\n"})),
    Case("a script is not UTF-8", of_folder({"a.lua": b"-- \xff\n"})),
    Case("a script ends without a line's end", of_folder({"a.lua": "return 1"})),
    Case("a script is larger than a block", of_folder({"a.lua": f"{'-- x' * 300}\n" * 20})),
    Case("a script that is a link", of_folder({"a.lua": A, "b.lua": Link("a.lua")})),
    Case("a folder that is a link", of_folder({"a/b.lua": A, "c": Link("a")})),
    Case("a link that leads nowhere", of_folder({"a.lua": A, "b.lua": Link("no.lua")})),
    Case("a link that leads nowhere is of no kind", of_folder({"a.lua": A, "b": Link("no")})),
    Case("a link out of the project", of_folder({"a.lua": Link("../../beside/a.lua")}) | {"../beside/a.lua": A}),
    Case("a link is the whole of the path", of_tree({"$path": "src"}, {"in/a.lua": A, "src": Link("in")})),
)
NAMES: Final = (
    Case(
        "folders and files are sorted by their bytes",
        of_folder(
            dict.fromkeys(
                ("b.lua", "B.lua", "a.lua", "_.lua", "10.lua", "9.lua", "é.lua", "a/x.lua", "a b.lua", "a-b.lua"), ""
            )
        ),
    ),
    Case("names of every script", of_folder({"日本語.lua": A, "😀.lua": A, "עברית/a.lua": A, "ﬁ.txt": "x"})),
    Case("a name composed in two ways", of_folder({"e\u0301.lua": A, "\u00e9.lua": A})),
    Case(
        "names with spaces and signs",
        of_folder({" a.lua": A, "b .lua": A, "c\td.lua": A, "e\nf.lua": A, "g'h\"i.lua": A, "a%20b.lua": A}),
    ),
    Case("a long name", of_folder({f"{'a' * 240}.lua": A})),
    Case("a name as long as a name may be", of_folder({f"{'a' * 251}.lua": A})),
    Case("a name of nothing", of_folder({".txt": "x", ".json": "{}", ".model.json": raw_model("Part")})),
    Case(
        "names that are reserved elsewhere",
        of_folder({"con.lua": A, "a:b.lua": A, "c?.lua": A, "d*.lua": A, "e|f.lua": A}),
    ),
    Case("an empty folder", of_folder({"a": Folder(), "b/c": Folder()})),
    Case("folders below folders", of_folder({"a/b/c/d/e/f.lua": A})),
)
INIT_FILES: Final = (
    *(Case(f"{name} alone", of_folder({f"a/{name}": content(name), "a/b.lua": A})) for name in INITS),
    *(
        Case(
            f"{first} comes before {second}", of_folder({f"a/{first}": content(first), f"a/{second}": content(second)})
        )
        for first, second in pairwise(INITS)
    ),
    Case("every init file at once", of_folder({f"a/{name}": content(name) for name in INITS})),
    Case(
        "an init script has no legacy context",
        of_folder({"a/init.server.lua": A, "b/init.client.lua": A, "c/init.plugin.lua": A}, emitLegacyScripts=False),
    ),
    Case("an init script at the root", of_tree({"$path": "src"}, {"src/init.server.lua": A, "src/b.lua": A})),
    Case("an init script in a folder in a folder", of_folder({"a/init.lua": A, "a/b/init.lua": A, "a/b/c.lua": A})),
    Case("an init script with a meta file", of_folder({"a/init.lua": A, "a/init.meta.json": META})),
    Case(
        "a class for a folder with an init script",
        of_folder({"a/init.lua": A, "a/init.meta.json": text({"className": "Tool"})}),
    ),
    Case(
        "the class that an init script has is said",
        of_folder({"a/init.lua": A, "a/init.meta.json": text({"className": "ModuleScript"})}),
    ),
    Case(
        "the meta file of the folder's name", of_folder({"a/init.lua": A, "a/a.meta.json": META, "a.meta.json": META})
    ),
    Case(
        "an init csv with a meta file",
        of_folder({"a/init.csv": "Key,en\na,b\n", "a/init.meta.json": text({"attributes": {"A": 1}})}),
    ),
    Case(
        "files of other kinds that are called init",
        of_folder(
            {
                "a/init.txt": "x",
                "a/init.json": "{}",
                "a/init.toml": "a = 1",
                "a/init.yml": "a: 1",
                "a/init.model.json": raw_model("Part"),
                "a/init.local.lua": A,
            }
        ),
    ),
    Case("an init file with capitals", of_folder({"a/Init.lua": A, "b/init.LUA": A, "c/INIT.server.lua": A})),
    Case("an init script is a folder", of_folder({"a/init.lua/b.lua": A})),
    Case("an init script is empty", of_folder({"a/init.lua": ""})),
    Case("an init script is not UTF-8", of_folder({"a/init.lua": b"\xff"})),
    Case("an init script is a link that leads nowhere", of_folder({"a/init.lua": Link("no"), "a/b.lua": A})),
    Case(
        "a folder's class goes over an init script's",
        of_tree({"$path": "src", "$className": "Tool"}, {"src/init.lua": A}),
    ),
)
METAS: Final = (
    Case(
        "a meta file for each kind",
        of_folder(
            {
                "a.lua": A,
                "a.meta.json": META,
                "b.txt": "x",
                "b.meta.json": META,
                "c.csv": "Key\na\n",
                "c.meta.json": META,
                "d.json": "{}",
                "d.meta.json": META,
                "e.toml": "",
                "e.meta.json": META,
                "f.yml": "a: 1",
                "f.meta.json": META,
            }
        ),
    ),
    Case("a meta file for a model is not read", of_folder({"a.model.json": raw_model("Part"), "a.meta.json": META})),
    Case(
        "a meta file for a model is broken and not read",
        of_folder({"a.model.json": raw_model("Part"), "a.meta.json": "{"}),
    ),
    Case("a meta file of nothing is not read", of_folder({"a.meta.json": "{", "b.meta.jsonc": "{"})),
    Case("two scripts share a meta file", of_folder({"a.server.lua": A, "a.lua": A, "a.meta.json": META})),
    Case("a meta file as jsonc", of_folder({"a.lua": A, "a.meta.jsonc": f"// x\n{META}"})),
    Case(
        "both meta files, the second goes over the first",
        of_folder(
            {
                "a.lua": A,
                "a.meta.json": text(
                    {"properties": {"Disabled": {"Bool": True}, "LinkedSource": "x"}, "attributes": {"A": 1}}
                ),
                "a.meta.jsonc": text({"properties": {"Disabled": {"Bool": False}}, "attributes": {"B": 1}}),
            }
        ),
    ),
    Case(
        "both meta files have an id",
        of_folder({"a.lua": A, "a.meta.json": text({"id": "x"}), "a.meta.jsonc": text({"id": "y"})}),
    ),
    Case(
        "a folder's meta files, both",
        of_folder(
            {"a/init.meta.json": text({"className": "Tool"}), "a/init.meta.jsonc": text({"attributes": {"A": 1}})}
        ),
    ),
    Case(
        "a folder's two meta files have a class each",
        of_folder({"a/init.meta.json": text({"className": "Tool"}), "a/init.meta.jsonc": text({"className": "Part"})}),
    ),
    Case("a meta file is empty", of_folder({"a.lua": A, "a.meta.json": ""})),
    Case("a meta file is an empty object", of_folder({"a.lua": A, "a.meta.json": "{}"})),
    Case("a meta file is a list", of_folder({"a.lua": A, "a.meta.json": "[]"})),
    Case(
        "a meta file has unknown keys",
        of_folder({"a.lua": A, "a.meta.json": text({"$properties": {"Disabled": True}, "x": 1, "className": "Tool"})}),
    ),
    Case(
        "a meta file with a schema", of_folder({"a.lua": A, "a.meta.json": text({"$schema": "https://example.com/s"})})
    ),
    Case("a meta file is not UTF-8", of_folder({"a.lua": A, "a.meta.json": b'{"id": "\xff"}'})),
    Case("a meta file is a folder", of_folder({"a.lua": A, "a.meta.json/b.lua": A})),
    Case("a meta file's properties are null", of_folder({"a.lua": A, "a.meta.json": text({"properties": None})})),
    Case("a meta file's attributes are a list", of_folder({"a.lua": A, "a.meta.json": text({"attributes": []})})),
    Case(
        "a meta file's switch is a string",
        of_folder({"a.lua": A, "a.meta.json": text({"ignoreUnknownInstances": "yes"})}),
    ),
    Case(
        "a meta file's property is unknown", of_folder({"a.lua": A, "a.meta.json": text({"properties": {"NoSuch": 1}})})
    ),
    Case(
        "a meta file's property is of the wrong type",
        of_folder({"a.txt": "x", "a.meta.json": text({"properties": {"Value": 1}})}),
    ),
    Case(
        "a meta file goes over what the file says",
        of_folder(
            {
                "a.txt": "x",
                "a.meta.json": text({"properties": {"Value": "y"}}),
                "b.lua": A,
                "b.meta.json": text({"properties": {"Source": "return 2"}}),
            }
        ),
    ),
    Case(
        "a meta file sets where a script runs",
        of_folder({"a.server.lua": A, "a.meta.json": text({"properties": {"RunContext": "Client"}})}),
    ),
    Case(
        "a folder's class",
        of_folder({"a/init.meta.json": text({"className": "Part", "properties": {"Anchored": True}}), "a/b.lua": A}),
    ),
    Case("a folder's class is a number", of_folder({"a/init.meta.json": text({"className": 1})})),
    Case("a folder's class is null", of_folder({"a/init.meta.json": text({"className": None})})),
    Case("a folder's class is Folder", of_folder({"a/init.meta.json": text({"className": "Folder"})})),
    Case(
        "a folder's class that nobody knows",
        of_folder({"a/init.meta.json": text({"className": "NoSuch", "properties": {"A": {"Bool": True}}})}),
    ),
    Case(
        "a property of the class that the folder had",
        of_folder({"a/init.meta.json": text({"properties": {"Anchored": True}})}),
    ),
    Case("a meta file of the name of a folder", of_folder({"a/b.lua": A, "a.meta.json": text({"className": "Part"})})),
    Case(
        "a meta file of a name with dots",
        of_folder({"a.b.lua": A, "a.b.meta.json": META, "a.meta.json": text({"attributes": {"wrong": True}})}),
    ),
    Case("a file called meta", of_folder({"meta.json": "{}", ".meta.json": "{}", "a.meta.lua": A, "meta.lua": A})),
    Case(
        "the meta file of the project's root",
        of_folder({"init.meta.json": text({"className": "Model", "attributes": {"A": True}})}),
    ),
)
CASES: Final = (*SCRIPTS, *NAMES, *INIT_FILES, *METAS)
