"""What people make passwords of is worth little, whatever they do to it; what chance makes is worth its length."""

import secrets
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.signin.guesses import _all, estimate
from backend.accounts.signin.password import MIN_BITS
from backend.accounts.signin.patterns import Kind

ABOUT = ("Anna Sch\u00e4fer", "anna.schaefer@goethe-gymnasium.example", "Goethe-Gymnasium Hamburg")


@pytest.mark.parametrize(
    ("password", "mostly"),
    [
        ("password1234", Kind.WORD),
        ("Password2024!", Kind.WORD),
        ("P@ssw0rd1234", Kind.WORD),
        ("PASSWORD!!!!", Kind.WORD),
        ("PaSsWoRd1234", Kind.WORD),
        ("drowssap1234", Kind.WORD),
        ("passwordpassw0rd", Kind.WORD),
        ("Sommer2024Berlin", Kind.WORD),
        ("Roblox2012Roblox", Kind.WORD),
        ("M1necr4ft2015", Kind.WORD),
        ("\u043f\u0430\u0440\u043e\u043b\u044c123456", Kind.WORD),
        ("Willk0mmen2025!", Kind.WORD),
        ("aaaaaaaaaaaa", Kind.REPEAT),
        ("abcabcabcabcabc", Kind.REPEAT),
        ("iloveyouiloveyou", Kind.REPEAT),
        ("xk7xk7xk7xk7xk7", Kind.REPEAT),
        ("123456789012", Kind.ROW),
        ("abcdefghijkl", Kind.ROW),
        ("zyxwvutsrqpo", Kind.ROW),
        ("acegikmoqsuw", Kind.ROW),
        ("qwertyuiop[]", Kind.WALK),
        ("qwertzuiop\u00fc+", Kind.WALK),
        ("azertyuiop^$", Kind.WALK),
        ("\u0439\u0446\u0443\u043a\u0435\u043d\u0433\u0448\u0449\u0437\u0445\u044a", Kind.WALK),
        ("1qaz2wsx3edc", Kind.WALK),
        ("!@#$%^&*()_+", Kind.WALK),
        ("24.12.2010 bb", Kind.DATE),
        ("24122010anna", Kind.DATE),
        ("Anna.Sch\u00e4fer1", Kind.OWN),
        ("annaschaefer2009", Kind.OWN),
        ("goethegymnasium", Kind.OWN),
        ("Goethe-Gymnasium7", Kind.OWN),
        ("anna.schaefer@goethe-gymnasium.example", Kind.OWN),
        ("refeahcsanna", Kind.OWN),
    ],
)
def test_what_people_come_up_with_is_too_easy_and_said_to_be_so(password: str, mostly: Kind) -> None:
    judged = estimate(password, ABOUT)

    assert judged.bits < MIN_BITS
    assert mostly is judged.mostly


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "gr\u00fcne Lampe tanzt leise",
        "Ich bin 12 und mag Regen!",
        "xkq7mvz2tplw",
        "\u5927\u8c61\u5728\u6708\u4eae\u4e0a\u5403\u9999\u8549\u5462\u54c8\u5594",
        "\u03b7 \u03b3\u03ac\u03c4\u03b1 \u03c4\u03c1\u03ad\u03c7\u03b5\u03b9",
        "\U0001f98a\U0001f30d\U0001f682\U0001f955\U0001f3ba\U0001f9ca\U0001f41d\U0001f384\U0001f511\U0001f5ff\U0001f941\U0001f6f6",
    ],
)
def test_words_that_have_nothing_to_do_with_one_another_are_enough(password: str) -> None:
    assert estimate(password, ABOUT).bits >= MIN_BITS


def test_chance_is_not_taken_for_a_pattern() -> None:
    letters = string.ascii_lowercase + string.digits
    judged = [estimate("".join(secrets.choice(letters) for _ in range(16))).bits for _ in range(200)]

    assert all(bits >= MIN_BITS for bits in judged)


@pytest.mark.parametrize("change", ["{}1", "{}!", "1{}", "{}2024", "X{}"])
@pytest.mark.parametrize("password", ["password", "qwertz", "abcdefgh"])
def test_an_ending_adds_little(password: str, change: str) -> None:
    added = estimate(change.format(password)).bits - estimate(password).bits

    assert 0 < added < 12


@settings(deadline=None)
@given(st.text(max_size=40))
def test_saying_it_twice_adds_next_to_nothing(text: str) -> None:
    assert estimate(text + text).bits <= estimate(text).bits * 2 + 2


@settings(deadline=None)
@given(password=st.text(max_size=40), about=st.text(min_size=3, max_size=20))
def test_knowing_the_owner_never_makes_a_password_harder(password: str, about: str) -> None:
    assert estimate(password, (about,)).bits <= estimate(password).bits


@settings(deadline=None)
@given(st.text("ab1Q@ \u00e9", max_size=128))
def test_every_text_has_an_estimate(text: str) -> None:
    assert estimate(text).bits >= 0


@pytest.mark.parametrize(
    "text", ["a" * 128, "ab" * 64, "a" * 64 + "b" * 64, ("a" * 31 + "b") * 4, "abc" * 21 + "abd" * 21]
)
def test_the_worst_text_has_few_stretches_to_weigh(text: str) -> None:
    """Each is weighed once, so their number is what a text can make the others wait for."""
    assert len(_all(text, frozenset({"ada"}), repeats=True)) < 20_000
