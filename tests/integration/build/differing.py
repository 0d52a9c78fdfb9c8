"""The cases in which we differ from Rojo on purpose, and why; docs/build.md tells them."""

from typing import Final

_TOML: Final = "TOML 1.1 says that it may be written so"
# Rojo refuses, and we build: the name of the case, and what is better so.
BUILT_ALL_THE_SAME: Final = {
    "a name as long as a name may be": "its meta file would have a name that is too long, so there is none",
    "toml: a table within a line over lines": _TOML,
    "toml: a table within a line that trails": _TOML,
    "toml: an escape of its own kind": _TOML,
}
# Rojo builds, and we refuse.
REFUSED_ALL_THE_SAME: Final = {
    "json: six hundred levels": "levels are counted, so that no file ends the program",
    "toml: a day that is none": "the 30th of February is a mistake",
    "the optional path of the root is not there": "nobody can mean an instance of the class DEFAULT",
}
