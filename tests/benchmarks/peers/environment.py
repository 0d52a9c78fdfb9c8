"""Where the peers live: an environment of their own, made by the bench lock and never mixed with the product's."""

import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
LOCK: Final = ROOT / "locks" / "bench.txt"
FOLDER: Final = ROOT / "target" / "bench-peers"


class NotInstalled(Exception):
    """The packages of the peers could not be installed: then nothing is measured against them."""


@cache
def python() -> Path:
    """Return its interpreter; what is there already stays while the lock does."""
    found, made_for = FOLDER / "bin" / "python", FOLDER / "made-for"
    digest = sha256(LOCK.read_bytes()).hexdigest()
    if not made_for.exists() or made_for.read_text(encoding="ascii") != digest:
        made_for.unlink(missing_ok=True)
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(FOLDER))
        uv = str(Path(sys.executable).with_name("uv"))
        _run(uv, "pip", "sync", "--quiet", "--python", str(found), "--require-hashes", str(LOCK))
        made_for.write_text(digest, encoding="ascii")
    return found


def _run(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise NotInstalled(f"{LOCK.relative_to(ROOT)} could not be installed: {ended.stderr.strip()[-500:]}")
