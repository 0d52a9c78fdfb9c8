"""The versions of the bridge protocol that are spoken here: the first and the last. Imports nothing."""

from typing import Final

LOWEST: Final = 1
HIGHEST: Final = 1
