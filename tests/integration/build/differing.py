"""The cases in which we differ from Rojo on purpose, and why; docs/build.md tells them."""

from typing import Final

# Rojo refuses, and we build: the name of the case, and what is better so.
BUILT_ALL_THE_SAME: Final = {
    "a name as long as a name may be": "its meta file would have a name that is too long, so there is none",
}
# Rojo builds, and we refuse.
REFUSED_ALL_THE_SAME: Final[dict[str, str]] = {}
