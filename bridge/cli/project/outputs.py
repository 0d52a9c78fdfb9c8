"""Which file a build makes, and of which kind."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from backend.errors import UsageError

Kind: TypeAlias = Literal["rbxl", "rbxlx", "rbxm", "rbxmx"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# Studio loads nothing else as a plugin.
PLUGIN_KINDS: Final[tuple[Kind, ...]] = ("rbxm", "rbxmx")


@dataclass(frozen=True, slots=True)
class Output:
    path: Path
    kind: Kind

    @classmethod
    def named(cls, path: Path) -> "Output":
        """A file that somebody named: its ending says what is written."""
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name the file to write")
        return cls(path, _kind(path.name, KINDS))

    @classmethod
    def plugin(cls, name: str, folder: Path) -> "Output":
        """A plugin of that name in the folder of Studio's plugins, which is made where Studio has not yet."""
        if not name or Path(name).name != name or "\\" in name or name in {".", ".."}:
            raise UsageError(f"{name!r} is no file name: --plugin takes one, such as my-plugin.rbxm, and no folder")
        kind = _kind(name, PLUGIN_KINDS)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder / name, kind)


def _kind(name: str, kinds: tuple[Kind, ...]) -> Kind:
    ending = name.rpartition(".")[2]
    if "." not in name or ending not in kinds:
        endings = ", ".join(f".{kind}" for kind in kinds[:-1])
        raise UsageError(f"{name} does not say what to build: let it end in {endings} or .{kinds[-1]}")
    return ending
