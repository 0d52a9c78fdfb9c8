"""What the environment and the settings file say: raw values and where each stands; only the names are checked."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from bridge.settings.faults import reason, shown_name
from bridge.settings.files import LIMIT_BYTES, FoundFile

ReadFile = Callable[[Path], FoundFile]

PREFIX: Final = "TOOLBOXAI_"
_TESTS_PREFIX: Final = "TOOLBOXAI_TEST_"
# What clients read, which may run on the same machine.
_OF_CLIENTS: Final = frozenset({"TOOLBOXAI_DEVICE"})
_TOML_PLACE: Final = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as it was found; `from_file` says that the value is the path of a file that holds the true one."""

    value: object
    origin: str
    textual: bool
    from_file: bool = False


def variable(name: str) -> str:
    return PREFIX + name.upper()


def from_environ(
    environ: Mapping[str, str], names: Collection[str], secrets: Collection[str], faults: list[str]
) -> dict[str, Raw]:
    """Return what the environment sets; an empty variable counts as not set."""
    known = {variable(name): (name, False) for name in names} | {
        variable(name) + "_FILE": (name, True) for name in secrets
    }
    found: dict[str, Raw] = {}
    for name, text in sorted(environ.items()):
        if not text.strip() or not name.upper().startswith(PREFIX) or name.startswith(_TESTS_PREFIX):
            continue
        if name in _OF_CLIENTS:
            continue
        if name not in known:
            faults.append(f"{shown_name(name)} is not a setting; {_instead(name.upper(), known)}")
            continue
        setting, from_file = known[name]
        if setting in found:
            faults.append(f"{variable(setting)} and {variable(setting)}_FILE are both set; keep one of them")
        found[setting] = Raw(text, name, textual=True, from_file=from_file)
    return found


def from_toml(
    path: Path, found: FoundFile, names: Collection[str], secrets: Collection[str], faults: list[str]
) -> dict[str, Raw]:
    """Return what the settings file sets."""
    try:
        table = parse(found.content)
    except ValueError as error:
        faults.append(f"the file {path} {error}")
        return {}
    known = {name: (name, False) for name in names} | {f"{name}_file": (name, True) for name in secrets}
    result: dict[str, Raw] = {}
    for key, value in table.items():
        origin = f"the file {path}, key {shown_name(key)}"
        if key == "data_dir":
            faults.append(f"{origin} cannot stand there, because the file is found by it; set {variable(key)}")
        elif key not in known:
            faults.append(f"{origin} is not a setting; {_instead(key.lower(), known)}")
        else:
            setting, from_file = known[key]
            if setting in result:
                faults.append(f"the file {path} has both {setting} and {setting}_file; keep one of them")
            result[setting] = Raw(value, origin, textual=False, from_file=from_file)
    return result


def parse(content: bytes) -> dict[str, object]:
    """Read TOML; the ValueError says where it is broken and repeats nothing of the content."""
    if len(content) > LIMIT_BYTES:
        raise ValueError(f"is larger than {LIMIT_BYTES} bytes; a settings file is not")
    try:
        text = content.decode("utf-8-sig")  # some editors put a byte order mark before it
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not UTF-8 text at line {line}; save it as UTF-8") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        if place:
            where = f"is not valid TOML at line {place[1]}, column {place[2]}"
        elif "end of document" in str(error):
            where = "is not valid TOML: it ends too early"
        else:
            where = "holds a number that is too long, or lists that are too deep"
        raise ValueError(f"{where}; mend that place, or move the file away") from None


def secret_text(raw: Raw, path: Path, read_file: ReadFile) -> tuple[str, FoundFile]:
    """Return what the file of a secret holds, without the line end that editors add; ValueError names the file."""
    try:
        found = read_file(path)
    except OSError as error:
        raise ValueError(f"{raw.origin} names {path}, which cannot be read ({reason(error)})") from None
    if len(found.content) > LIMIT_BYTES:
        raise ValueError(f"{raw.origin} names {path}, which is larger than {LIMIT_BYTES} bytes")
    try:
        text = found.content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{raw.origin} names {path}, which is not UTF-8 text") from None
    if not text.strip():
        raise ValueError(f"{raw.origin} names {path}, which is empty")
    return text, found


def _instead(name: str, known: Collection[str]) -> str:
    # The prefix that all variables share would make every one of them look near.
    bare = {each.removeprefix(PREFIX): each for each in known}
    near = get_close_matches(name.removeprefix(PREFIX), bare, n=1)
    return f"did you mean {bare[near[0]]}?" if near else f"it may be one of {', '.join(sorted(known))}"
