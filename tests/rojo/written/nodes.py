"""The nodes of a project's tree."""

from typing import Any, Final

from tests.rojo.case import MODELS, PLACES, Case, Content, Files, Folder, of_tree, raw_model, text

ALL: Final = (*MODELS, *PLACES)
DATA_MODEL: Final = {"$className": "DataModel"}
LUA: Final = {"src/a.lua": "return 1\n", "src/b.server.lua": "print(2)\n"}


def place(tree: dict[str, Any], files: Files | None = None) -> dict[str, Content]:
    return of_tree(DATA_MODEL | tree, files)


SERVICES: Final = (
    Case(
        "services are known by their names",
        place({"ReplicatedStorage": {}, "ServerScriptService": {"$path": "src"}, "Workspace": {"Terrain": {}}}, LUA),
        kinds=ALL,
    ),
    Case(
        "the two of StarterPlayer are known",
        place({"StarterPlayer": {"StarterPlayerScripts": {"$path": "src"}, "StarterCharacterScripts": {}}}, LUA),
        kinds=ALL,
    ),
    Case("a service has a class that is said", place({"Lighting": {"$className": "Folder"}})),
    Case("a service is a script of a path", place({"ReplicatedStorage": {"$path": "src/a.lua"}}, LUA)),
    Case("a service lies below a folder", of_tree({"$className": "Folder", "ReplicatedStorage": {}})),
    Case("a class that is no service", place({"Part": {}})),
    Case("a name that is no class", place({"NoSuchService": {}})),
    Case("Terrain below a folder", place({"Workspace": {"A": {"$className": "Folder", "Terrain": {}}}})),
    Case("StarterPlayerScripts below another class", place({"Workspace": {"StarterPlayerScripts": {}}})),
    Case("the root is an empty node", of_tree({})),
    Case("a service's optional path is not there", place({"ReplicatedStorage": {"$path": {"optional": "no"}}})),
    Case("a service's path is not there", place({"ReplicatedStorage": {"$path": "no"}})),
    Case(
        "a place with a property of each kind that a service has",
        place(
            {
                "Workspace": {"$properties": {"Gravity": 67.3, "StreamingEnabled": True, "FilteringEnabled": True}},
                "Lighting": {"$properties": {"Technology": "Voxel", "Ambient": [0.1, 0.2, 0.3], "GlobalShadows": True}},
                "SoundService": {"$properties": {"RespectFilteringEnabled": True}},
                "HttpService": {"$properties": {"HttpEnabled": True}},
                "Players": {"$properties": {"CharacterAutoLoads": False}},
            }
        ),
        kinds=ALL,
    ),
)
PATHS: Final = (
    Case("a folder of nothing", of_tree({"$path": "src"}, {"src": Folder()})),
    Case("a path ends in a slash", of_tree({"$path": "src/"}, LUA)),
    Case("a path has dots", of_tree({"$path": "./src/../src/a.lua"}, LUA)),
    Case("a path leads out of the project", of_tree({"$path": "../beside/a.lua"}, {"../beside/a.lua": "return 3\n"})),
    Case("a folder beside the project", of_tree({"$path": "../beside"}, {"../beside/a.lua": "return 3\n"})),
    Case("the path is the project's own folder", of_tree({"$className": "Folder", "A": {"$path": "."}}, {"a.lua": ""})),
    Case("the path is the folder above", of_tree({"$className": "Folder", "A": {"$path": ".."}}, {"../a.lua": ""})),
    Case("a path is a file of no kind", of_tree({"$path": "a.md"}, {"a.md": "x"})),
    Case("a path is not there", of_tree({"$path": "no"})),
    Case("a path is empty", of_tree({"$className": "Folder", "A": {"$path": ""}}, {"a.lua": ""})),
    Case("a path is null", of_tree({"$className": "Folder", "A": {"$path": None}})),
    Case("a path is a number", of_tree({"$className": "Folder", "A": {"$path": 1}})),
    Case("a path is a list", of_tree({"$className": "Folder", "A": {"$path": ["src"]}}, LUA)),
    Case("a path has backslashes", of_tree({"$className": "Folder", "A": {"$path": "src\\a.lua"}}, LUA)),
    Case("a path is an init script", of_tree({"$path": "src/init.lua"}, {"src/init.lua": "return 1\n"})),
    Case("a path is a meta file", of_tree({"$path": "a.meta.json"}, {"a.meta.json": "{}"})),
    Case("an optional path is there", of_tree({"$path": {"optional": "src"}}, LUA)),
    Case("an optional path is not there", of_tree({"$className": "Folder", "A": {"$path": {"optional": "no"}}})),
    Case(
        "an optional path is not there and has children",
        of_tree({"$className": "Folder", "A": {"$path": {"optional": "no"}, "B": {"$className": "Part"}}}),
    ),
    Case(
        "an optional path is not there and what is below it is wrong",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$path": {"optional": "no"}, "B": {"$className": "Tool", "$path": "src/a.lua"}},
            },
            LUA,
        ),
    ),
    Case(
        "an optional path with a class is not there",
        of_tree({"$className": "Folder", "A": {"$className": "Model", "$path": {"optional": "no"}}}),
    ),
    Case("the optional path of the root is not there", of_tree({"$path": {"optional": "no"}})),
    Case("an optional path is broken", of_tree({"$path": {"optional": "a.json"}}, {"a.json": "{"})),
    Case("an optional path has one more key", of_tree({"$path": {"optional": "src", "why": 1}}, LUA)),
    Case("an object that is no optional path", of_tree({"$path": {"Optional": "src"}}, LUA)),
    Case(
        "two nodes have one path", of_tree({"$className": "Folder", "A": {"$path": "src"}, "B": {"$path": "src"}}, LUA)
    ),
)
CLASSES: Final = (
    Case("a folder takes a class", of_tree({"$className": "Model", "$path": "src"}, LUA)),
    Case("a script takes no class", of_tree({"$className": "ModuleScript", "$path": "src/a.lua"}, LUA)),
    Case(
        "a folder with a class of its own takes none",
        of_tree({"$className": "Model", "$path": "src"}, LUA | {"src/init.meta.json": text({"className": "Tool"})}),
    ),
    Case("a class that nobody knows", of_tree({"$className": "NoSuchClass"})),
    Case("a class is a number", of_tree({"$className": 7})),
    Case("a class is null", of_tree({"$className": "Folder", "A": {"$className": None}})),
    Case("a class is empty", of_tree({"$className": "Folder", "A": {"$className": ""}})),
    Case("neither class nor path", of_tree({"$className": "Folder", "A": {}})),
    Case("the root has neither", of_tree({"A": {"$className": "Folder"}})),
)
CHILDREN: Final = (
    Case(
        "children come sorted, after those of the path",
        of_tree(
            {
                "$path": "src",
                "z": {"$className": "Part"},
                "B": {"$className": "Part"},
                "a": {"$className": "Model"},
                "é": {"$className": "Model"},
            },
            LUA,
        ),
    ),
    Case("a child has the name of a file", of_tree({"$path": "src", "a": {"$className": "Part"}}, LUA)),
    Case(
        "a name has dots and slashes",
        of_tree({"$className": "Folder", "a.b/c\\d": {"$className": "Part"}, "": {"$className": "Part"}}),
    ),
    Case("a child is null", of_tree({"$className": "Folder", "A": None})),
    Case("a child is a string", of_tree({"$className": "Folder", "A": "src"})),
    Case("a child is a list", of_tree({"$className": "Folder", "A": []})),
    Case("an unknown key with a dollar is a child", of_tree({"$className": "Folder", "$tags": {"$className": "Part"}})),
    Case("an unknown key with a dollar is no node", of_tree({"$className": "Folder", "$tags": ["a"]})),
    Case("an unknown key with a dollar is an empty object", of_tree({"$className": "Folder", "$other": {}})),
)
SETTINGS: Final = (
    Case("ignoreUnknownInstances is true", of_tree({"$className": "Folder", "$ignoreUnknownInstances": True})),
    Case("ignoreUnknownInstances is null", of_tree({"$className": "Folder", "$ignoreUnknownInstances": None})),
    Case("ignoreUnknownInstances is a string", of_tree({"$className": "Folder", "$ignoreUnknownInstances": "true"})),
    Case("an id is a number", of_tree({"$className": "Folder", "$id": 1})),
    Case("properties are null", of_tree({"$className": "Folder", "$properties": None})),
    Case("properties are a list", of_tree({"$className": "Folder", "$properties": []})),
    Case("attributes are null", of_tree({"$className": "Folder", "$attributes": None})),
    Case(
        "Name and Parent cannot be set", of_tree({"$className": "Part", "$properties": {"Name": "x", "Anchored": True}})
    ),
    Case("Name as another type", of_tree({"$className": "Part", "$properties": {"Name": 1}})),
    Case("Parent is set", of_tree({"$className": "Part", "$properties": {"Parent": "x"}})),
    Case("Name is set fully", of_tree({"$className": "Part", "$properties": {"Name": {"String": "x"}}})),
    Case(
        "properties go over those of the path",
        of_tree(
            {"$path": "src/a.lua", "$properties": {"Source": "return 2", "Disabled": {"Bool": True}}},
            LUA | {"src/a.meta.json": text({"properties": {"LinkedSource": "rbxassetid://1"}})},
        ),
    ),
    Case(
        "attributes go over all those of the path",
        of_tree(
            {"$path": "src/a.lua", "$attributes": {"B": 2}},
            LUA | {"src/a.meta.json": text({"attributes": {"A": 1}})},
        ),
    ),
    Case(
        "no attributes leave those of the path",
        of_tree(
            {"$path": "src/a.lua", "$attributes": {}},
            LUA | {"src/a.meta.json": text({"attributes": {"A": 1}})},
        ),
    ),
    Case(
        "a property belongs to the class that is inferred",
        place({"Workspace": {"$path": "src", "$properties": {"Gravity": 1}}}, LUA),
    ),
    Case("a property of no class", of_tree({"$className": "Folder", "$properties": {"NoSuch": 1}})),
    Case(
        "a property of no class, said fully", of_tree({"$className": "Folder", "$properties": {"NoSuch": {"Int32": 1}}})
    ),
    Case(
        "the model of a path",
        of_tree(
            {"$path": "m.model.json", "$properties": {"Transparency": 0.25}},
            {"m.model.json": raw_model("Part", Anchored=True)},
        ),
    ),
)
CASES: Final = (*SERVICES, *PATHS, *CLASSES, *CHILDREN, *SETTINGS)
