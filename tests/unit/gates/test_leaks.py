"""Secrets, hosts and paths of a machine are found wherever they stand; planted texts are put together from parts."""

from pathlib import Path

import pytest

from gates import leaks
from gates.faults import FOREIGN_HOME, HOST, TOKEN, commit
from gates.leak_shapes import OVERLAP_CHARACTERS, WINDOW_CHARACTERS
from gates.leak_shapes import leaks as find
from gates.tree import NotACheckoutError, git
from tests.unit.gates.conftest import Checkout

RANDOM = "qX7" + "Lr2Vt9" + "ZpW4mKc8" + "NbY1sDf"
PLANTED = {
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a known token": TOKEN,
    "a Roblox cookie": "_|WARN" + "ING:-DO-NOT-SHARE-THIS",
    "an assigned secret": f'api_key = "{RANDOM}"',
    "a password in a URL": "postgresql://ada:" + "Tr0ub4dor@db.school/x",
    "the host of a package registry": HOST,
    "a path of a machine": FOREIGN_HOME,
}
FORMS = [
    *PLANTED.items(),
    ("a private key", "-----BEGIN " + "PRIVATE KEY-----"),
    ("a private key", "-----BEGIN OPENSSH " + "PRIVATE KEY-----"),
    ("a known token", "AKIA" + "QWERTYUIOPASDFGH"),
    ("an assigned secret", f'"client_secret": "{RANDOM}"'),
    ("an assigned secret", f"PASSWORD: str = '{RANDOM}'"),
    ("an assigned secret", f"export API_TOKEN={RANDOM}"),
    ("a password in a URL", "redis://:" + "b7f3k9q2@cache:6379/0"),
    ("a path of a machine", "see /root" + "/notes.txt"),
    ("a path of a machine", "cd /work" + "/thing"),
    ("a path of a machine", "C:\\Users\\" + "Carol\\AppData"),
]


@pytest.mark.parametrize(("name", "text"), FORMS)
def test_every_shape_is_found(name: str, text: str) -> None:
    assert [name] == [shape.name for shape, _ in find(f"see {text}" if not text.startswith("export") else text)]


@pytest.mark.parametrize(
    "line",
    [
        'token = "canary-' + 'Zk3v9QpL0sXr7TnB2mYw"',
        'password = "correct horse battery staple"',
        'SECRET_NAME = "toolboxai_database_url_file"',
        "postgresql://user:password@host:port/database",
        "url = f'postgresql://{user}:{word}@{host}/x'",
        "http://localhost:8460/api/v1/about",
        "http://[::1]:8460/a@b",
        "/home/ada/.local/share/toolboxai",
        "the work/root of it, ~/work/x and src/work/x",
        "ghp_" + "short",
        "sha256:" + "0133c3c3b54a0bf1e71fa5c1ad95c93f07fd54e24ef1fe182f5122e1573d2bf1",
    ],
)
def test_what_only_looks_like_one_is_left_alone(line: str) -> None:
    assert [] == [(shape.name, text) for shape, text in find(line)]


def test_a_secret_across_the_windows_of_a_long_line_is_found_once() -> None:
    before = "x " * ((WINDOW_CHARACTERS - OVERLAP_CHARACTERS // 2) // 2)

    assert [TOKEN] == [text for _, text in find(before + TOKEN + " x" * WINDOW_CHARACTERS)]


def test_a_clean_checkout_is_green(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == leaks.main(checkout({"a.txt": "one\ntwo\n"}))
    assert "nothing in 2 lines of the tree, 2 of the history and 1 of its messages" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "text"), PLANTED.items())
def test_a_leak_in_the_tree_is_named_with_its_place(
    checkout: Checkout, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    assert 1 == leaks.main(checkout({"docs/a page.md": f"first\n{text}\n"}))
    assert f"docs/a page.md:2: {name}" in capsys.readouterr().out


def test_a_file_that_could_be_added_counts_and_an_ignored_one_does_not(checkout: Checkout) -> None:
    root = checkout({".gitignore": "ignored\n"})
    (root / "ignored").write_text(TOKEN)
    assert 0 == leaks.main(root)

    (root / "new").write_text(TOKEN)
    assert 1 == leaks.main(root)


def test_what_was_taken_out_again_is_found_in_its_commit(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    root = checkout({"a note.txt": f"++ {TOKEN}\n"})
    (root / "a note.txt").unlink()
    commit(root, "Take it out")

    assert 1 == leaks.main(root)
    assert "a note.txt in commit" in capsys.readouterr().out


def test_what_only_a_merge_brought_in_is_found(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    root = checkout({"a.txt": "one\n"})
    git("checkout", "-q", "-b", "other", root=root)
    commit(root, "On the other branch")
    git("checkout", "-q", "-", root=root)
    commit(root, "On this branch")
    git("-c", "user.name=x", "-c", "user.email=x@localhost", "merge", "-q", "--no-commit", "other", root=root)
    (root / "merged.txt").write_text(TOKEN)
    commit(root, "Merge")
    (root / "merged.txt").unlink()
    commit(root, "Clean")

    assert 1 == leaks.main(root)
    assert "merged.txt in commit" in capsys.readouterr().out


def test_another_branch_is_searched_too(checkout: Checkout) -> None:
    root = checkout({"a.txt": "one\n"})
    git("checkout", "-q", "-b", "other", root=root)
    (root / "b.txt").write_text(TOKEN)
    commit(root, "Add")
    git("checkout", "-q", "-", root=root)

    assert 1 == leaks.main(root)


def test_a_message_is_searched(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    root = checkout({"a.txt": "one\n"})
    commit(root, f"Works\n\nin {FOREIGN_HOME}")

    assert 1 == leaks.main(root)
    assert "the message of" in capsys.readouterr().out


def allowing(text: str, path: str = "a.txt") -> dict[str, str]:
    entry = f'[[allowed]]\npath = "{path}"\ntext = "{text}"\nreason = "a test"\n'
    return {"a.txt": f"{TOKEN}\n", leaks.ALLOWED: entry}


def test_an_allowed_text_is_left_alone_in_the_tree_and_in_the_history(checkout: Checkout) -> None:
    assert 0 == leaks.main(checkout(allowing(TOKEN)))


def test_an_allowance_is_for_its_path_only(checkout: Checkout) -> None:
    assert 1 == leaks.main(checkout(allowing(TOKEN, "b.txt")))


def test_an_allowance_that_nothing_needs_is_refused(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    root = checkout(allowing(TOKEN) | {"a.txt": "clean\n"})

    assert 1 == leaks.main(root)
    assert "is not needed" in capsys.readouterr().out


def test_an_allowance_without_a_reason_is_refused(checkout: Checkout) -> None:
    root = checkout({leaks.ALLOWED: '[[allowed]]\npath = "a"\ntext = "b"\n'})

    with pytest.raises(TypeError, match="reason"):
        leaks.main(root)


def test_the_source_line_of_a_cargo_lock_is_no_leak_there_and_one_elsewhere(checkout: Checkout) -> None:
    line = 'source = "registry+https://' + "github.com/rust-lang/" + "crates." + 'io-index"\n'
    assert 0 == leaks.main(checkout({"Cargo.lock": line, "core_rs/fuzz/Cargo.lock": line}))
    assert 1 == leaks.main(checkout({"a.toml": line}))


def test_a_finding_does_not_repeat_the_whole_secret(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    leaks.main(checkout({"a.txt": f"{TOKEN}\n"}))

    assert TOKEN not in capsys.readouterr().out


def test_a_folder_that_is_no_checkout_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotACheckoutError, match="run this in a clone"):
        leaks.main(tmp_path)
