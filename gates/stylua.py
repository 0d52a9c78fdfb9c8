"""Installs StyLua, the formatter of Luau, into .tools/bin: its maker's program, as npm's packages carry it.

`locks/stylua` pins it with its hash for every platform. Standard library only: it also runs before anything is
installed.
"""

import os
import shutil
import subprocess
import sys
from typing import Final

from gates.tree import ROOT

NAME: Final = "stylua.exe" if os.name == "nt" else "stylua"
PROGRAM: Final = ROOT / ".tools" / "bin" / NAME
LOCK: Final = ROOT / "locks" / "stylua"
FOLDER: Final = ROOT / ".tools" / "stylua"


def present() -> bool:
    """Whether it is there, installed from the lock as it is now."""
    installed = FOLDER / "package-lock.json"
    same = installed.is_file() and installed.read_bytes() == (LOCK / "package-lock.json").read_bytes()
    return PROGRAM.is_file() and same


def install() -> None:
    """Let npm install what the lock says, and copy the program out; the lock's copy comes last."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    lock = (LOCK / "package-lock.json").read_bytes()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy2(LOCK / name, FOLDER / name)
    subprocess.run(("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"), cwd=FOLDER, check=True)
    (FOLDER / "package-lock.json").unlink()
    found = sorted((FOLDER / "node_modules" / "@johnnymorganz").glob(f"stylua-bin-*/{NAME}"))
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(found[0], PROGRAM)
    PROGRAM.chmod(0o755)
    (FOLDER / "package-lock.json").write_bytes(lock)


def main() -> int:
    """Install it where it is not there yet."""
    if not present():
        install()
    print(PROGRAM)
    return 0


if __name__ == "__main__":
    sys.exit(main())
