"""Which files are left out, and which are read as something else."""

from typing import Final

from tests.rojo.case import Case, Content, Files, of_folder, of_tree, raw_model, text
from tests.rojo.xml import item, model

TREE: Final = {
    "a.lua": "",
    "b.lua": "",
    "c.spec.lua": "",
    "d/a.lua": "",
    "d/e/a.lua": "",
    "d/e/f.txt": "x",
    "g/init.lua": "",
    "g/init.meta.json": "{}",
}
SCRIPT: Final = "return 1\n"
USES: Final = (
    *("serverScript", "clientScript", "moduleScript", "pluginScript", "legacyServerScript", "legacyClientScript"),
    *("runContextServerScript", "runContextClientScript", "text", "ignore"),
)
READ_AS: Final = {
    "json": '{"a": 1}',
    "toml": "a = 1\n",
    "yaml": "a: 1\n",
    "csv": "Key,en\na,b\n",
    "jsonModel": raw_model("Part"),
    "rbxmx": model(item("Folder", "x")),
    "project": '{"name": "x", "tree": {"$className": "Folder"}}',
}


def ignoring(*patterns: str) -> dict[str, Content]:
    return of_folder(TREE, globIgnorePaths=list(patterns))


def ruled(files: Files, *rules: dict[str, str], **keys: object) -> dict[str, Content]:
    return of_folder(files, syncRules=list(rules), **keys)


IGNORED: Final = (
    *(
        Case(f"ignored: {' and '.join(patterns)}", ignoring(*patterns))
        for patterns in (
            ("**/a.lua",),
            ("src/a.lua",),
            ("a.lua",),
            ("*.lua",),
            ("src/*.lua",),
            ("**/*.spec.lua",),
            ("src/d",),
            ("src/d/",),
            ("src/d/*",),
            ("src/d/**",),
            ("**/e",),
            ("**",),
            ("*",),
            ("src",),
            ("src/**/a.lua",),
            ("src/?.lua",),
            ("src/[ab].lua",),
            ("src/[!a].lua",),
            ("src/{a,c.spec}.lua",),
            ("**/init.lua",),
            ("**/init.meta.json",),
            ("**/A.LUA",),
            ("./src/a.lua",),
            ("../project/src/a.lua",),
            ("/src/a.lua",),
            ("src\\a.lua",),
            ("src/\\a.lua",),
            ("",),
            ("**/*.lua", "!**/a.lua"),
            ("!**/a.lua", "**/*.lua"),
            ("**/*.lua", "!src/d/**", "src/d/e/**"),
            ("src/d/**", "!src/d/e/a.lua"),
            ("src/d", "!src/d/a.lua"),
            ("!!src/a.lua",),
            ("**/*", "!src/*.lua"),
        )
    ),
    Case("a mark in a name is not a negation", of_folder({"!a.lua": "", "b.lua": ""}, globIgnorePaths=["**/\\!a.lua"])),
    Case(
        "a path of the project that is ignored is built",
        of_tree({"$path": "src/a.lua"}, {"src/a.lua": SCRIPT}, globIgnorePaths=["**"]),
    ),
    Case(
        "a folder of the project that is ignored is built",
        of_tree({"$path": "src"}, {"src/a.lua": SCRIPT}, globIgnorePaths=["src"]),
    ),
    Case(
        "a meta file that is ignored is read",
        of_folder(
            {"a.lua": "", "a.meta.json": text({"properties": {"Disabled": {"Bool": True}}})},
            globIgnorePaths=["**/*.meta.json"],
        ),
    ),
    Case("a broken file that is ignored", of_folder({"a.json": "{", "b.lua": ""}, globIgnorePaths=["**/a.json"])),
    Case(
        "an inner project that is ignored",
        of_folder({"a/default.project.json": "{", "b.lua": ""}, globIgnorePaths=["**/default.project.json"]),
    ),
    Case(
        "the folder of an inner project is ignored",
        of_folder({"a/default.project.json": "{", "b.lua": ""}, globIgnorePaths=["src/a"]),
    ),
    Case(
        "names of other scripts are ignored",
        of_folder({"日本.lua": "", "é.lua": "", "b.lua": ""}, globIgnorePaths=["**/日*", "src/?.lua"]),
    ),
)
READ: Final = (
    *(Case(f"read as {use}", ruled({"a.md": SCRIPT, "b.lua": ""}, {"pattern": "**/*.md", "use": use})) for use in USES),
    *(
        Case(
            f"read as {use} without legacy scripts",
            ruled({"a.md": SCRIPT}, {"pattern": "**/*.md", "use": use}, emitLegacyScripts=False),
        )
        for use in USES[:4]
    ),
    *(
        Case(f"read as {use}", ruled({"a.md": content}, {"pattern": "**/*.md", "use": use}))
        for use, content in READ_AS.items()
    ),
    *(
        Case(f"read as {use}, which it is not", ruled({"a.md": "{[,"}, {"pattern": "**/*.md", "use": use}))
        for use in (*READ_AS, "rbxm")
    ),
    *(
        Case(f"read as {use}, which nobody knows", ruled({"a.md": ""}, {"pattern": "**/*.md", "use": use}))
        for use in ("", "script", "ServerScript", "dir", "serverScriptDir", "csvDir", "module")
    ),
    Case(
        "a suffix is taken off",
        ruled({"a.x.md": SCRIPT, "b.md": SCRIPT}, {"pattern": "**/*.md", "use": "moduleScript", "suffix": ".x.md"}),
    ),
    Case(
        "a suffix that is not there",
        ruled({"a.md": SCRIPT}, {"pattern": "**/*.md", "use": "moduleScript", "suffix": ".txt"}),
    ),
    Case(
        "a suffix that is all of the name",
        ruled({"a.md": SCRIPT}, {"pattern": "**/*.md", "use": "text", "suffix": "a.md"}),
    ),
    Case("a suffix of nothing", ruled({"a.md": SCRIPT}, {"pattern": "**/*.md", "use": "text", "suffix": ""})),
    Case("no suffix and names with dots", ruled({"a.b.c.md": SCRIPT}, {"pattern": "**/*.md", "use": "text"})),
    Case(
        "the meta file of a name without its suffix",
        ruled(
            {"a.x.md": SCRIPT, "a.meta.json": text({"attributes": {"A": 1}})},
            {"pattern": "**/*.x.md", "use": "text", "suffix": ".x.md"},
        ),
    ),
    Case(
        "what is excluded goes on to the next rule",
        ruled(
            {"a.md": "a", "b.md": "b"},
            {"pattern": "**/*.md", "use": "text", "exclude": "**/b.md"},
            {"pattern": "**/*.md", "use": "moduleScript"},
        ),
    ),
    Case(
        "the first rule that fits holds",
        ruled({"a.md": "a"}, {"pattern": "**/*.md", "use": "text"}, {"pattern": "**/a.*", "use": "moduleScript"}),
    ),
    Case(
        "a rule goes over what a name means",
        ruled({"a.server.lua": SCRIPT, "b.lua": SCRIPT}, {"pattern": "**/*.server.lua", "use": "moduleScript"}),
    ),
    Case(
        "a rule leaves scripts out",
        ruled({"a.spec.lua": SCRIPT, "b.lua": SCRIPT}, {"pattern": "**/*.spec.lua", "use": "ignore"}),
    ),
    Case(
        "a rule does not reach init scripts",
        ruled({"a/init.lua": SCRIPT, "a/b.lua": SCRIPT}, {"pattern": "**/*.lua", "use": "text"}),
    ),
    Case("a rule does not reach folders", ruled({"a.md/b.lua": SCRIPT}, {"pattern": "**/*.md", "use": "text"})),
    Case(
        "a rule reaches meta files",
        ruled({"a.lua": SCRIPT, "a.meta.json": "{}"}, {"pattern": "**/*.json", "use": "text"}),
    ),
    Case("a rule of a path", of_tree({"$path": "a.md"}, {"a.md": "x"}, syncRules=[{"pattern": "a.md", "use": "text"}])),
    Case(
        "a rule of a path that is left out",
        of_tree({"$path": "a.lua"}, {"a.lua": "x"}, syncRules=[{"pattern": "a.lua", "use": "ignore"}]),
    ),
    Case(
        "a rule starts from the project's folder",
        ruled({"a.md": "x", "b/a.md": "y"}, {"pattern": "src/*.md", "use": "text"}),
    ),
    Case("a rule for one name alone", ruled({"a.md": "x"}, {"pattern": "a.md", "use": "text"})),
    Case(
        "a rule of a file beside the project",
        of_tree({"$path": "../beside"}, {"../beside/a.md": "x"}, syncRules=[{"pattern": "**/*.md", "use": "text"}]),
    ),
    Case("a star reaches over folders", ruled({"b/c/a.md": "x"}, {"pattern": "*.md", "use": "text"})),
    Case("a pattern in capitals", ruled({"a.md": "x"}, {"pattern": "**/*.MD", "use": "text"})),
    Case("a pattern is missing", ruled({}, {"use": "text"})),
    Case("what to use is missing", ruled({}, {"pattern": "**"})),
    Case("a pattern is wrong", ruled({}, {"pattern": "a[", "use": "text"})),
    Case("an exclusion is wrong", ruled({}, {"pattern": "a", "use": "text", "exclude": "a{"})),
    Case("a rule has one more key", ruled({"a.md": "x"}, {"pattern": "**/*.md", "use": "text", "why": "x"})),
    Case("a rule is a string", of_folder({}, syncRules=["text"])),
    Case("a rule for files without an ending", ruled({"a": "x", ".b": "y"}, {"pattern": "**/*", "use": "text"})),
)
CASES: Final = (*IGNORED, *READ)
