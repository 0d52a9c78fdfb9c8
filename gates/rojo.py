"""Builds Rojo in the version that ours is compared with, into .tools: for `make proof`, `make bench` and the recorder.

`make test` reads what was recorded of it and needs it not. Standard library only: it also runs before anything is
installed.
"""

import os
import shutil
import subprocess
import sys
from typing import Final

from gates.tree import ROOT

VERSION: Final = "7.7.1"
FOLDER: Final = ROOT / ".tools" / f"rojo-{VERSION}"
PROGRAM: Final = FOLDER / "bin" / ("rojo.exe" if os.name == "nt" else "rojo")
# One that is somewhere already; its version is looked at all the same.
VARIABLE: Final = "TOOLBOXAI_ROJO"


class OtherVersionError(Exception):
    """What is to be compared with is not what it says."""


def version_of(program: str) -> str:
    """Ask the program itself."""
    said = subprocess.run((program, "--version"), capture_output=True, text=True, check=True).stdout
    return said.split()[-1]


def install() -> None:
    """Let cargo build what its own lock says; seven minutes of one core."""
    target = FOLDER / "target"
    environment = os.environ | {"CARGO_TARGET_DIR": str(target)}
    command = ("cargo", "install", "--quiet", "--locked", "--root", str(FOLDER), "--version", f"={VERSION}", "rojo")
    subprocess.run(command, env=environment, check=True)
    shutil.rmtree(target)


def program() -> str:
    """Where it is; it is built first where it is not there yet."""
    named = os.environ.get(VARIABLE)
    if named is None and not PROGRAM.is_file():
        print(f"building rojo {VERSION}, which takes some minutes", flush=True)
        install()
    found = named or str(PROGRAM)
    if (version := version_of(found)) != VERSION:
        raise OtherVersionError(f"{found} is rojo {version}, and what is compared with is {VERSION}")
    return found


def main() -> int:
    """Install it where it is not there yet."""
    print(program())
    return 0


if __name__ == "__main__":
    sys.exit(main())
