"""A password is taken when it is hard to guess, and refused with the one reason that helps to find a better one."""

import hashlib
from pathlib import Path

import pytest

from backend.accounts.signin import breached_making
from backend.accounts.signin.breached import Breached
from backend.accounts.signin.password import choose
from backend.accounts.signin.prepared import PasswordRefused

GOOD = "gr\u00fcne Lampe tanzt leise"


def test_a_good_password_is_taken_in_its_prepared_form() -> None:
    assert choose("gru\u0308ne Lampe tanzt\u00a0leise").reveal() == GOOD


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "fewer than 12"),
        ("xkq7mvz2tpl", "fewer than 12"),
        ("u\u0308" * 11, "fewer than 12"),
        ("x" * 129, "longer than 128"),
        ("x" * 500_000, "longer than 128"),
        ("gr\u00fcne Lampe\ttanzt leise", "cannot be seen"),
        ("Password2024!", "common one"),
        ("qwertzuiopasdf", "keyboard"),
        ("abcdefghijklmn", "counts up"),
        ("xk7xk7xk7xk7xk7", "over again"),
        ("24.12.2010 bb", "date"),
        ("annaschaefer2009", "your name"),
    ],
)
def test_a_refusal_says_its_reason(text: str, why: str) -> None:
    with pytest.raises(PasswordRefused, match=why) as caught:
        choose(text, about=("Anna Schaefer",))

    assert caught.value.sentence.endswith(".")
    assert not text or text not in caught.value.sentence


def test_twelve_characters_by_chance_are_enough() -> None:
    assert choose("xkq7mvz2tplw").reveal() == "xkq7mvz2tplw"


def test_a_password_that_was_stolen_elsewhere_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha1(GOOD.encode(), usedforsecurity=False).hexdigest()
    (tmp_path / "download.txt").write_text(f"{digest}:3\n")
    breached_making.make(tmp_path / "download.txt", tmp_path / "list")

    with Breached(tmp_path / "list") as breached:
        with pytest.raises(PasswordRefused, match="stolen elsewhere"):
            choose(GOOD, breached=breached)
        assert choose(GOOD + "!", breached=breached).reveal() == GOOD + "!"
