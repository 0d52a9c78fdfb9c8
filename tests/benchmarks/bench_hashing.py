"""Digests of bytes, files and trees, against what Python and the system have."""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core_rs import Memo, blake3, hash_file, hash_tree, sha256
from tests.benchmarks.figure import Figure
from tests.benchmarks.pairs import ratio

LARGE_FILE_BYTES = 1 << 30
TREE_FILES = 20_000
TREE_FILE_BYTES = 2_300
FILES_A_FOLDER = 50
# A memo trusts no file that is younger.
AT_REST_SECONDS = 2.2
RUST_BENCH = "mapped"


def measure(pairs: int) -> list[Figure]:
    figures = [_bytes(pairs)]
    with _temporary() as folder:
        figures += _large_file(folder, max(3, pairs // 3))
        figures += _tree(folder, pairs)
    return figures


def timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return run


@contextmanager
def _temporary() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="toolboxai-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _bytes(pairs: int) -> Figure:
    data = os.urandom(1 << 20)
    found = ratio(timed(lambda: hashlib.sha256(data).digest()), timed(lambda: sha256(data)), pairs=pairs)
    faster = ratio(timed(lambda: hashlib.sha256(data).digest()), timed(lambda: blake3(data)), pairs=pairs)
    return Figure(
        "SHA-256 and BLAKE3 of 1 MiB in memory against hashlib.sha256",
        f"{found}x, {faster}x",
        "reported",
        "one thread; with the processor's SHA instructions where it has them",
    )


def _large_file(folder: Path, pairs: int) -> Iterator[Figure]:
    path = folder / "large"
    block = os.urandom(1 << 24)
    with path.open("wb") as file:
        for _ in range(LARGE_FILE_BYTES // len(block)):
            file.write(block)
    size = LARGE_FILE_BYTES / 1e6

    def in_python() -> None:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    found = ratio(timed(in_python), timed(lambda: hash_file(path, threads=2)), pairs=pairs)
    yield Figure(
        "BLAKE3 of a cached 1 GiB file, 2 threads, against hashlib.sha256",
        f"{found}x",
        "reported",
        f"{size / found.b_median:,.0f} MB/s against {size / found.a_median:,.0f}",
    )
    mapped = _mapped(path)
    if mapped:
        against = ratio(mapped, timed(lambda: hash_file(path, threads=2)), pairs=pairs)
        yield Figure(
            "BLAKE3 of a cached 1 GiB file, 2 threads, against the blake3 crate's mapped file",
            f"{against}x",
            ">= 0.90x",
            "`update_mmap_rayon`; ours reads, so that a shortened file is an error and not a signal",
        )


def _mapped(path: Path) -> Callable[[], float] | None:
    """The blake3 crate's own way, which the wheel does not have: built beside it, where cargo is."""
    if not shutil.which("cargo"):
        return None
    build = ["cargo", "build", "--release", "--quiet", "--locked", "--package", "core_rs", "--example", RUST_BENCH]
    subprocess.run(build, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    program = target / "release" / "examples" / (RUST_BENCH + (".exe" if platform.system() == "Windows" else ""))

    def run() -> float:
        # The program times itself: starting it is not what is measured.
        told = subprocess.run([program, path, "2"], check=True, capture_output=True, text=True)
        return float(told.stdout)

    return run


def _tree(folder: Path, pairs: int) -> Iterator[Figure]:
    root = folder / "tree"
    for number in range(TREE_FILES):
        path = root / f"{number // FILES_A_FOLDER:03}" / f"{number}.txt"
        if number % FILES_A_FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(TREE_FILE_BYTES))
    time.sleep(AT_REST_SECONDS)
    memo_path = folder / "memo"
    memo = Memo()
    hash_tree(root, memo=memo)
    memo.save(memo_path)

    def unchanged() -> None:
        # From disk and back, as a program does that starts.
        loaded = Memo.load(memo_path)
        if hash_tree(root, memo=loaded).files_read:
            raise AssertionError("the memo was not used")
        loaded.save(memo_path)

    warm = ratio(timed(lambda: _in_python(root)), timed(unchanged), pairs=pairs)
    yield Figure(
        "unchanged tree of 20,000 files with the memo, against os.walk and hashlib.sha256",
        f"{warm}x",
        ">= 6x",
        f"{warm.b_median * 1e3:.0f} ms, memo loaded and saved each time, against {warm.a_median * 1e3:.0f} ms",
    )
    cold = ratio(timed(lambda: _in_python(root)), timed(lambda: hash_tree(root)), pairs=max(3, pairs // 3))
    yield Figure(
        "the same tree without a memo",
        f"{cold}x",
        "reported",
        f"{cold.b_median * 1e3:.0f} ms against {cold.a_median * 1e3:.0f} ms",
    )


def _in_python(root: Path) -> dict[str, bytes]:
    digests = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  # the plain loop is what is compared
            with open(path, "rb") as file:  # noqa: PTH123
                digests[path] = hashlib.sha256(file.read()).digest()
    return digests
