"""Projects inside of projects."""

from typing import Any, Final

from tests.rojo.case import Case, Content, Files, of_folder, of_tree, project, text

FOLDER: Final = {"$className": "Folder"}
INNER: Final = "src/in/default.project.json"


def inner(tree: dict[str, Any] | None = None, files: Files | None = None, /, **keys: object) -> dict[str, Content]:
    """Return a project whose folder `src` holds another, in the folder `in`."""
    return of_folder({"a.lua": "return 1\n"}) | {INNER: project(tree or FOLDER, **keys)} | dict(files or {})


FOLDERS: Final = (
    Case("a folder with a project is that project", inner()),
    Case("the name inside is the name", inner(name="Other")),
    Case("a project without a name takes the folder's", of_folder({"in/default.project.json": text({"tree": FOLDER})})),
    Case("a jsonc project of a folder", of_folder({"in/default.project.jsonc": f"// x\n{project(FOLDER)}"})),
    Case(
        "json comes before jsonc inside",
        of_folder(
            {"in/default.project.json": project(FOLDER), "in/default.project.jsonc": project({"$className": "Part"})}
        ),
    ),
    Case("a project comes before an init script", inner(None, {"src/in/init.lua": "return 1\n"})),
    Case(
        "other files of the folder are not looked at", inner(None, {"src/in/b.lua": "return 1\n", "src/in/c.json": "{"})
    ),
    Case("a path starts from the inner project", inner({"$path": "lib"}, {"src/in/lib/b.lua": "return 2\n"})),
    Case(
        "a meta file beside an inner project",
        inner(None, {"src/in/init.meta.json": text({"properties": {"A": {"Bool": True}}})}),
    ),
    Case("an inner project is broken", inner() | {INNER: "{"}),
    Case("an inner project has an unknown key", inner(nothing=1)),
    Case("an inner project is a folder", of_folder({"in/default.project.json/a.lua": ""})),
    Case("an inner project has nothing", inner({"$path": {"optional": "no"}})),
    Case("an inner project has children", inner({"$className": "Model", "B": {"$className": "Part"}})),
    Case("an inner project with services", inner({"$className": "DataModel", "ReplicatedStorage": {}})),
    Case(
        "three levels of projects",
        inner(
            {"$path": "deep"},
            {"src/in/deep/default.project.json": project({"$path": "x.lua"}), "src/in/deep/x.lua": "return 3\n"},
        ),
    ),
)
FILES: Final = (
    Case("a file of a project takes its file's name", of_folder({"b.project.json": project(FOLDER)})),
    Case("a file of a project without a name", of_folder({"b.project.json": text({"tree": FOLDER})})),
    Case(
        "a file of a project as jsonc",
        of_folder(
            {
                "b.project.jsonc": text(
                    {
                        "tree": FOLDER,
                    }
                )
            }
        ),
    ),
    Case(
        "a file of a project with a meta file",
        of_folder(
            {"b.project.json": text({"tree": FOLDER}), "b.meta.json": text({"properties": {"A": {"Bool": True}}})}
        ),
    ),
    Case(
        "a path is a file of a project",
        of_tree(
            {"$className": "Folder", "A": {"$path": "b.project.json"}},
            {"b.project.json": project({"$className": "Model"})},
        ),
    ),
    Case(
        "a path is a folder with a project",
        of_tree(
            {"$className": "Folder", "A": {"$path": "b"}},
            {"b/default.project.json": project({"$className": "Model", "C": FOLDER})},
        ),
    ),
    Case(
        "a node goes over the project of its path",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$path": "b", "$properties": {"PrimaryPart": {"Ref": "0" * 32}}, "Z": FOLDER},
            },
            {"b/default.project.json": project({"$className": "Model", "C": FOLDER})},
        ),
    ),
    Case(
        "a class over a project that is a folder",
        of_tree(
            {"$className": "Folder", "A": {"$path": "b", "$className": "Tool"}},
            {"b/default.project.json": project({**FOLDER, "C": FOLDER})},
        ),
    ),
    Case(
        "a class over a project that is not",
        of_tree(
            {"$className": "Folder", "A": {"$path": "b", "$className": "Tool"}},
            {"b/default.project.json": project({"$className": "Model"})},
        ),
    ),
    Case(
        "the default project in a folder that is walked",
        of_tree(
            {"$className": "Folder", "A": {"$path": "b"}},
            {"b/c/default.project.json": project(FOLDER), "b/default.lua": "return 1\n"},
        ),
    ),
    Case("a project leads into itself", of_tree({"$className": "Folder", "A": {"$path": "default.project.json"}})),
    Case(
        "two projects lead into each other",
        of_tree({"$path": "b.project.json"}, {"b.project.json": project({"$path": "default.project.json"})}),
    ),
)
INHERITED: Final = (
    Case(
        "legacy scripts are asked of each project anew",
        of_folder(
            {"in/default.project.json": project({"$path": "lib"}), "in/lib/a.server.lua": "", "b.server.lua": ""},
            emitLegacyScripts=False,
        ),
    ),
    Case(
        "an inner project has no legacy scripts",
        of_folder(
            {
                "in/default.project.json": project({"$path": "lib"}, emitLegacyScripts=False),
                "in/lib/a.client.lua": "",
                "b.client.lua": "",
            }
        ),
    ),
    Case(
        "sync rules end at an inner project",
        of_folder(
            {"in/default.project.json": project({"$path": "lib"}), "in/lib/a.md": "x", "b.md": "y"},
            syncRules=[{"pattern": "**/*.md", "use": "text"}],
        ),
    ),
    Case(
        "sync rules of an inner project",
        of_folder(
            {
                "in/default.project.json": project(
                    {"$path": "lib"}, syncRules=[{"pattern": "lib/*.md", "use": "text"}]
                ),
                "in/lib/a.md": "x",
                "b.md": "y",
            }
        ),
    ),
    Case(
        "ignored paths hold inside of an inner project",
        of_folder(
            {"in/default.project.json": project({"$path": "lib"}), "in/lib/a.lua": "", "in/lib/b.lua": ""},
            globIgnorePaths=["**/a.lua"],
        ),
    ),
    Case(
        "an inner project takes back what is ignored",
        of_folder(
            {
                "in/default.project.json": project({"$path": "lib"}, globIgnorePaths=["!lib/a.lua"]),
                "in/lib/a.lua": "",
                "in/lib/b.lua": "",
                "a.lua": "",
            },
            globIgnorePaths=["**/*.lua"],
        ),
    ),
)
CASES: Final = (*FOLDERS, *FILES, *INHERITED)
