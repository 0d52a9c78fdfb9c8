"""Compiles the core for Windows, without and with its Python binding, where this machine has what that takes."""

import os
import subprocess
import sys

from gates.tools import TOOLS, WINDOWS_TARGET
from gates.tree import ROOT

CHECK = ("cargo", "check", "--quiet", "--locked", "--all-targets", "--target", WINDOWS_TARGET)


def main() -> int:
    """Check both faces of the crate, or say in one line why not."""
    missing = [tool for tool in TOOLS if tool.used_by == "the windows gate" and not tool.present()]
    if missing:
        print("left out, the core was not compiled for Windows: " + "; ".join(f"no {one.name}" for one in missing))
        return 0
    for face in ((), ("--features", "python")):
        ended = subprocess.run((*CHECK, *face), cwd=ROOT, env=os.environ, check=False)
        if ended.returncode != 0:
            print(f"the core does not compile for {WINDOWS_TARGET} ({' '.join(face) or 'plain'})")
            return 1
    print(f"the core compiles for {WINDOWS_TARGET}, plain and with its binding")
    return 0


if __name__ == "__main__":
    sys.exit(main())
