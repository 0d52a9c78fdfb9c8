"""The core and Python's hashlib as they are on a processor without SHA instructions.

SHA-256 is half of a request's cost, and not every processor has instructions for it. On one that has, the core is
built once more without their use, and OpenSSL is told that they are missing.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Bit 29 of the second word of OPENSSL_ia32cap.
WITHOUT_SHA = ":~0x20000000"


def run(program: str) -> Any | None:
    """What `program` prints as JSON, run with the portable core; nothing where there is none to be had."""
    if platform.machine() not in {"x86_64", "AMD64"} or sys.platform != "linux" or not shutil.which("cargo"):
        return None
    target = ROOT / "target" / "portable"
    build = ["cargo", "build", "--release", "--quiet", "--locked", "--package", "core_rs", "--lib"]
    flags = os.environ.get("RUSTFLAGS", "") + ' --cfg sha2_backend="soft"'
    environment = os.environ | {"RUSTFLAGS": flags}
    subprocess.run([*build, "--features", "python", "--target-dir", target], check=True, cwd=ROOT, env=environment)
    with tempfile.TemporaryDirectory(prefix="toolboxai-bench-") as folder:
        package = Path(folder) / "core_rs"
        package.mkdir()
        for source in (ROOT / "core_rs").glob("*.py"):
            shutil.copy(source, package)
        shutil.copy(target / "release" / "lib_core.so", package / "_core.abi3.so")
        environment = os.environ | {"PYTHONPATH": f"{folder}:{ROOT}", "OPENSSL_ia32cap": WITHOUT_SHA}
        check = f"import core_rs; assert core_rs.__file__.startswith({folder!r})\n"
        done = subprocess.run(
            [sys.executable, "-c", check + program],
            check=True,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
    return json.loads(done.stdout)
