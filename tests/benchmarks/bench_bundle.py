"""Bundles of the seeded tree, against what Python and the system have."""

import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from core_rs import Bundle, Memo, pack_folder
from tests.benchmarks import seeded_tree
from tests.benchmarks.bench_hashing import AT_REST_SECONDS, timed
from tests.benchmarks.figure import Figure
from tests.benchmarks.pairs import ratio

# The slow side takes ten seconds and more.
TARFILE_PAIRS = 3


def measure(pairs: int) -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="toolboxai-bench-"))
    try:
        return list(_figures(folder, pairs))
    finally:
        shutil.rmtree(folder)


def _figures(folder: Path, pairs: int) -> Iterator[Figure]:
    tree, bundle = folder / "tree", folder / "bundle"
    files = seeded_tree.write(tree)
    megabytes = sum(kind.total_bytes for kind in seeded_tree.KINDS) // seeded_tree.MEGABYTE
    seeded = f"seeded tree: {files:,} files, {megabytes} MB"
    pack = _afresh(bundle, lambda: pack_folder(tree, bundle))

    slow = ratio(
        _afresh(folder / "tar.gz", lambda: _tarfile(tree, folder / "tar.gz")), pack, pairs=min(pairs, TARFILE_PAIRS)
    )
    yield Figure("pack the seeded tree against tarfile `w:gz`", f"{slow}x", ">= 20x", seeded)

    if shutil.which("tar") and shutil.which("zstd"):
        packed = folder / "tar.zst"
        found = ratio(pack, _afresh(packed, lambda: _tar_zstd(tree, packed)), pairs=pairs)
        share = bundle.stat().st_size / packed.stat().st_size
        note = f"{found.a_median * 1e3:.0f} ms against {found.b_median * 1e3:.0f} ms"
        yield Figure("time to pack it, of `tar | zstd -3 -T0`", str(found), "<= 1.15", note)
        yield Figure("size of the bundle, of `tar | zstd -3 -T0`", f"{share:.3f}", "<= 1.03", f"{_mb(bundle)} MB")

    yield from _next_version(folder, tree, bundle, pairs)

    def unpack() -> float:
        target = folder / "unpacked"
        shutil.rmtree(target, ignore_errors=True)
        return timed(lambda: Bundle.open(bundle).unpack(target))()

    checked = ratio(timed(lambda: Bundle.open(bundle).verify()), unpack, pairs=max(3, pairs // 3))
    note = f"verify {checked.a_median * 1e3:.0f} ms, unpack {checked.b_median * 1e3:.0f} ms"
    yield Figure("verify, of unpack", str(checked), "reported", note)


def _next_version(folder: Path, tree: Path, bundle: Path, pairs: int) -> Iterator[Figure]:
    """Both sides of a pair are the same folder: packed whole, and packed as what changed."""
    pack_folder(tree, bundle)
    memo_path, delta = folder / "memo", folder / "delta"
    memo = Memo()
    time.sleep(AT_REST_SECONDS)
    pack_folder(tree, folder / "again", memo=memo)
    memo.save(memo_path)
    changed = len(seeded_tree.rewrite(tree))
    before = memo_path.read_bytes()

    def pack_next() -> float:
        # The memo of the version before each time, or the second round would have nothing to read.
        memo_path.write_bytes(before)

        def work() -> None:
            loaded = Memo.load(memo_path)
            packed = pack_folder(tree, delta, base=Bundle.open(bundle), memo=loaded)
            if packed.files_read != changed:
                raise AssertionError(f"{packed.files_read} files were read, {changed} had changed")
            loaded.save(memo_path)

        return _afresh(delta, work)()

    whole = folder / "again"
    found = ratio(pack_next, _afresh(whole, lambda: pack_folder(tree, whole)), pairs=pairs)
    share = delta.stat().st_size / bundle.stat().st_size
    note = f"{changed} files rewritten; memo and base loaded, memo saved"
    yield Figure("version n+1, bytes of the first one's", f"{share:.1%}", "<= 5 %", f"{_mb(delta)} MB; {note}")
    value = f"{found.median:.1%} ({found.low:.1%}-{found.high:.1%}, n={found.pairs})"
    yield Figure("version n+1, time of packing it whole", value, "<= 10 %", f"{found.a_median * 1e3:.0f} ms")


def _afresh(out: Path, work: Callable[[], object]) -> Callable[[], float]:
    """Time `work`, which writes `out`; replacing an older file may cost what making a new one does not."""

    def run() -> float:
        out.unlink(missing_ok=True)
        return timed(work)()

    return run


def _tarfile(tree: Path, out: Path) -> None:
    with tarfile.open(out, "w:gz") as archive:
        archive.add(tree, arcname="tree")


def _tar_zstd(tree: Path, out: Path) -> None:
    with out.open("wb") as file, subprocess.Popen(["tar", "cf", "-", "."], cwd=tree, stdout=subprocess.PIPE) as tar:
        subprocess.run(["zstd", "-3", "-T0", "-q", "-c"], stdin=tar.stdout, stdout=file, check=True)


def _mb(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f}"
