"""The binary models of the recorded cases, for projects that are made up."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from tests.rojo.case import files_of

MODELS: Final = Path(__file__).resolve().parents[1] / "contract" / "rojo" / "models.json"
MAGIC: Final = b"<roblox!"


@cache
def binary_models() -> tuple[bytes, ...]:
    """Return those that are right."""
    told = json.loads(MODELS.read_text("utf-8"))
    contents = [content for case in told if "refused" not in case for content in files_of(case["files"]).values()]
    return tuple(one for one in contents if isinstance(one, bytes) and one.startswith(MAGIC))
