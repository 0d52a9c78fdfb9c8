"""Bundles from Python; the format and its defences are tested in Rust."""

from pathlib import Path

import pytest

from core_rs import (
    BaseMissing,
    Bundle,
    BundleDamaged,
    BundleTooLarge,
    CoreError,
    FileFailed,
    Memo,
    NameRefused,
    NoSuchFile,
    NotABundle,
    SignatureRefused,
    Stopped,
    TargetExists,
    blake3,
    bundle_delta,
    bundle_join,
    pack_blobs,
    pack_folder,
)

SEED = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "folder"
    (root / "scripts").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "scripts" / "lesson.luau").write_text("return 1\n" * 100)
    (root / "media.bin").write_bytes(bytes(300_000))
    tool = root / "tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    return root


@pytest.fixture
def bundle(folder: Path, tmp_path: Path) -> Bundle:
    pack_folder(folder, tmp_path / "one", seed=SEED)
    return Bundle.open(tmp_path / "one")


def test_a_folder_comes_back(folder: Path, bundle: Bundle, tmp_path: Path) -> None:
    assert (3, 300_910) == bundle.unpack(tmp_path / "target")

    for path in (path for path in folder.rglob("*") if path.is_file()):
        copy = tmp_path / "target" / path.relative_to(folder)
        assert path.read_bytes() == copy.read_bytes()
        assert path.stat().st_mode & 0o100 == copy.stat().st_mode & 0o100
    assert (tmp_path / "target" / "empty").is_dir()


def test_it_says_what_is_in_it(bundle: Bundle, tmp_path: Path) -> None:
    entries = bundle.entries()

    assert 4 == len(bundle) == len(entries)
    assert [("empty", "folder"), ("media.bin", "file"), ("scripts/lesson.luau", "file"), ("tool", "executable")] == [
        (entry.path, entry.kind) for entry in entries
    ]
    assert [blake3(b"#!/bin/sh\n")] == entries[3].chunks
    assert 300_910 == bundle.total_bytes == sum(entry.size for entry in entries)
    assert (None, 1) == (bundle.base, bundle.packs)
    assert bundle.chunks == bundle.carried_chunks
    assert (3, 300_910) == bundle.verify(threads=1)
    assert b"#!/bin/sh\n" == bundle.read("tool")
    assert (tmp_path / "one").stat().st_size < 2_000


def test_what_changed_builds_on_the_version_before(folder: Path, bundle: Bundle, tmp_path: Path) -> None:
    memo = Memo()
    (folder / "new").write_text("new")
    packed = pack_folder(folder, tmp_path / "two", base=bundle, memo=memo, seed=SEED)
    two = Bundle.open(tmp_path / "two")

    assert (1, 5) == (packed.carried_chunks, packed.entries)
    assert (packed.name, bundle.name) == (two.name, two.base)
    with pytest.raises(BaseMissing, match=bundle.name.hex()[:16]):
        two.verify()
    assert (4, 300_913) == two.verify(bases=[bundle])
    assert b"new" == two.read("new")
    assert b"#!/bin/sh\n" == two.read("tool", bases=(bundle,))
    two.unpack(tmp_path / "target", bases=[bundle])
    assert "new" == (tmp_path / "target" / "new").read_text()

    joined = bundle_join(two, tmp_path / "whole", bases=[bundle])
    again = bundle_delta(bundle, Bundle.open(tmp_path / "whole"), tmp_path / "delta")
    pack_folder(folder, tmp_path / "fresh", seed=SEED)
    assert packed.name == joined.name == again.name
    assert (tmp_path / "fresh").read_bytes() == (tmp_path / "whole").read_bytes()
    assert (tmp_path / "two").read_bytes() == (tmp_path / "delta").read_bytes()


def test_only_the_trusted_key_opens(bundle: Bundle, tmp_path: Path) -> None:
    signer = bundle.signer
    assert signer is not None

    bundle.check_signature(signer)
    bundle.verify(trusted=signer)
    with pytest.raises(SignatureRefused, match="another key"):
        bundle.unpack(tmp_path / "target", trusted=bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        bundle.check_signature(b"short")
    pack_blobs([("a", b"x")], tmp_path / "unsigned", durable=True)
    with pytest.raises(SignatureRefused, match="not signed"):
        Bundle.open(tmp_path / "unsigned").check_signature(signer)


def test_blobs_need_no_folder(tmp_path: Path) -> None:
    packed = pack_blobs([("b", b"2"), ("a/b", b"1")], tmp_path / "blobs")

    assert ["a/b", "b"] == [entry.path for entry in Bundle.open(tmp_path / "blobs").entries()]
    assert (tmp_path / "blobs").stat().st_size == packed.bytes
    assert (2, 2, None) == (packed.files, packed.entries, packed.signer)
    with pytest.raises(TypeError):
        pack_blobs([("a", "text")], tmp_path / "text")  # type: ignore[list-item]


def test_each_refusal_has_its_error(folder: Path, bundle: Bundle, tmp_path: Path) -> None:
    damaged = bytearray((tmp_path / "one").read_bytes())
    damaged[20] ^= 1
    (tmp_path / "damaged").write_bytes(damaged)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").touch()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "aux").touch()

    with pytest.raises(BundleDamaged):
        Bundle.open(tmp_path / "damaged").unpack(tmp_path / "target")
    with pytest.raises(NotABundle, match=r"media\.bin: this is not a bundle"):
        Bundle.open(folder / "media.bin")
    with pytest.raises(BundleTooLarge):
        Bundle.open(tmp_path / "one", most_unpacked_bytes=300_909)
    with pytest.raises(FileFailed):
        Bundle.open(tmp_path / "nowhere")
    with pytest.raises(TargetExists):
        bundle.unpack(tmp_path / "there")
    with pytest.raises(TargetExists, match="cannot be made"):
        bundle.unpack("/")
    with pytest.raises(TargetExists, match="inside the folder"):
        pack_folder(folder, folder / "bundle")
    with pytest.raises(NameRefused, match="device"):
        pack_folder(tmp_path / "bad", tmp_path / "out")
    with pytest.raises(NoSuchFile):
        bundle.read("empty")
    with pytest.raises(BundleTooLarge, match=r"\"media\.bin\" has 300000 bytes, more than the 299999"):
        bundle.read("media.bin", most_bytes=299_999)
    assert 1 == pack_folder(tmp_path / "bad", tmp_path / "out", any_name=True).entries
    assert not (tmp_path / "target").exists()
    assert all(
        issubclass(each, CoreError)
        for each in (BaseMissing, BundleTooLarge, FileFailed, NameRefused, NoSuchFile, NotABundle, TargetExists)
    )


def test_what_is_read_into_memory_is_capped_unless_asked_for(tmp_path: Path) -> None:
    content = bytes(65 * 1024 * 1024)
    pack_blobs([("large", content)], tmp_path / "blobs")
    bundle = Bundle.open(tmp_path / "blobs")

    with pytest.raises(BundleTooLarge):
        bundle.read("large")

    assert content == bundle.read("large", most_bytes=len(content))


def test_names_that_not_every_system_takes_are_taken_when_asked_for(tmp_path: Path) -> None:
    pack_blobs([("a:b", b"x")], tmp_path / "odd", any_name=True)

    with pytest.raises(NameRefused):
        Bundle.open(tmp_path / "odd").unpack(tmp_path / "target")

    assert (1, 1) == Bundle.open(tmp_path / "odd").unpack(tmp_path / "target", any_name=True, durable=True)


def test_false_from_the_callback_stops_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with (folder / "large").open("wb") as file:
        file.truncate(3_000_000_000)

    with pytest.raises(Stopped):
        pack_folder(folder, tmp_path / "out", progress=lambda *_: False, threads=1)

    assert [folder] == list(tmp_path.iterdir())
