"""The files of a new project."""

import json
from typing import Any, Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["place", "plugin", "model"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

PROJECT_FILE: Final = "default.project.json"
IGNORED: Final = """\
# What is built from the project
/*.rbxl
/*.rbxlx
/*.rbxm
/*.rbxmx
/sourcemap.json

# What Roblox Studio leaves beside an open place
/*.lock

# Which checkout this is
/.toolboxai/
"""
_GREETING: Final = """\
--!strict
return function(name: string): string
	return `Hello, {name}!`
end
"""
_SERVER: Final = """\
local ReplicatedStorage = game:GetService("ReplicatedStorage")

local greet = require(ReplicatedStorage.Shared.greet)

print(greet("server"))
"""
_CLIENT: Final = """\
local ReplicatedStorage = game:GetService("ReplicatedStorage")

local greet = require(ReplicatedStorage:WaitForChild("Shared"):WaitForChild("greet"))

print(greet("client"))
"""
_PLUGIN: Final = """\
local greet = require(script.greet)

local toolbar = plugin:CreateToolbar({name})
local button = toolbar:CreateButton({name}, "Say hello", "")

button.Click:Connect(function()
	print(greet("Studio"))
end)
"""
_MODEL: Final = """\
--!strict
local greet = require(script.greet)

return {
	greet = greet,
}
"""
_PLACE: Final[dict[str, Any]] = {
    "$className": "DataModel",
    "Lighting": {"$properties": {"Ambient": [0.4, 0.4, 0.4], "Brightness": 2, "GlobalShadows": True}},
    "ReplicatedStorage": {"Shared": {"$path": "src/shared"}},
    "ServerScriptService": {"Server": {"$path": "src/server"}},
    "StarterPlayer": {"StarterPlayerScripts": {"Client": {"$path": "src/client"}}},
    "Workspace": {
        "Baseplate": {
            "$className": "Part",
            "$properties": {
                "Anchored": True,
                "CFrame": [0, -8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
                "Color": [0.36, 0.38, 0.4],
                "Locked": True,
                "Size": [512, 16, 512],
            },
        }
    },
}


def files(kind: Kind, name: str, *, git: bool) -> dict[str, str]:
    """Return the text of each file by its path; the project builds as it is."""
    tree = _PLACE if kind == "place" else {"$path": "src"}
    project = json.dumps({"name": name, "tree": tree}, indent=2, ensure_ascii=False)
    sources = {
        "place": {
            "src/client/init.client.luau": _CLIENT,
            "src/server/init.server.luau": _SERVER,
            "src/shared/greet.luau": _GREETING,
        },
        "plugin": {
            "src/init.server.luau": _PLUGIN.replace("{name}", _quoted(name)),
            "src/greet.luau": _GREETING,
        },
        "model": {"src/init.luau": _MODEL, "src/greet.luau": _GREETING},
    }[kind]
    return {PROJECT_FILE: f"{_flat(project)}\n", **sources, **({".gitignore": IGNORED} if git else {})}


def _quoted(name: str) -> str:
    """Return a text of Luau; a name of a folder may have anything in it."""
    plain = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in plain) + '"'


def _flat(text: str) -> str:
    """Return JSON with lists of numbers on one line."""
    lines: list[str] = []
    inside = False
    for each in text.split("\n"):
        if inside:
            inside = each.strip() not in {"]", "],"}
            lines[-1] += each.strip() + (" " if inside and each.endswith(",") else "")
        else:
            lines.append(each)
            inside = each.endswith("[")
    return "\n".join(lines)
