"""The codes are those of RFC 6238, and each is good once, in its time and one step around it."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.signin.totp import accepted_step, code_at, new_secret, provisioning_uri
from backend.secret import Secret

# The secret and the times of RFC 6238, appendix B; the RFC prints eight digits, of which six are the last.
RFC_SECRET = Secret(base64.b32encode(b"12345678901234567890").decode())
STEPS = st.integers(2, 2**40)


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, eight_digits: str) -> None:
    code = eight_digits[-6:]

    assert code == code_at(RFC_SECRET, seconds // 30)
    assert seconds // 30 == accepted_step(RFC_SECRET, code, now_seconds=seconds, last_step=None)


@pytest.mark.parametrize(("away", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_one_step_around_its_own(away: int, good: bool) -> None:  # noqa: FBT001
    code = code_at(RFC_SECRET, 1000)

    found = accepted_step(RFC_SECRET, code, now_seconds=(1000 + away) * 30 + 29.9, last_step=None)
    assert (1000 if good else None) == found


@given(STEPS)
def test_a_code_is_good_once(step: int) -> None:
    code = code_at(RFC_SECRET, step)
    first = accepted_step(RFC_SECRET, code, now_seconds=step * 30, last_step=None)

    assert first is not None
    for later in (0, 29, 30):
        assert accepted_step(RFC_SECRET, code, now_seconds=step * 30 + later, last_step=first) is None


def test_a_code_before_the_last_one_used_is_over_and_the_next_is_good() -> None:
    assert accepted_step(RFC_SECRET, code_at(RFC_SECRET, 999), now_seconds=30000, last_step=1000) is None
    assert 1001 == accepted_step(RFC_SECRET, code_at(RFC_SECRET, 1001), now_seconds=30000, last_step=1000)


def test_two_steps_with_the_same_code_are_used_up_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.accounts.signin.totp.code_at", lambda *_: "123456")

    assert 1001 == accepted_step(RFC_SECRET, "123456", now_seconds=30000, last_step=None)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\t"])
def test_spaces_are_of_no_account(space: str) -> None:
    code = code_at(RFC_SECRET, 1000)
    typed = f"{space}{code[:3]}{space}{code[3:]}{space}"

    assert 1000 == accepted_step(RFC_SECRET, typed, now_seconds=30000, last_step=None)


def test_the_digits_of_another_keyboard_are_digits() -> None:
    arabic = code_at(RFC_SECRET, 1000).translate({ord("0") + n: 0x660 + n for n in range(10)})

    assert 1000 == accepted_step(RFC_SECRET, arabic, now_seconds=30000, last_step=None)


def test_what_is_not_six_digits_is_refused() -> None:
    code = code_at(RFC_SECRET, 1000)

    for typed in (
        "",
        code[:5],
        code + "0",
        "x" + code,
        code[:5] + "\u00b2",
        "-" + code[1:],
        code * 1000,
        code + " " * 20,
    ):
        assert accepted_step(RFC_SECRET, typed, now_seconds=30000, last_step=None) is None


def test_at_the_beginning_of_time_there_is_no_step_before() -> None:
    assert 0 == accepted_step(RFC_SECRET, code_at(RFC_SECRET, 0), now_seconds=0, last_step=None)


def test_a_secret_has_160_bits_and_is_another_each_time() -> None:
    first = new_secret()

    assert 20 == len(base64.b32decode(first.reveal()))
    assert "=" not in first.reveal()
    assert first != new_secret()


@given(
    account=st.text(st.characters(exclude_categories=["Cs"])), issuer=st.text(st.characters(exclude_categories=["Cs"]))
)
def test_an_app_reads_from_the_address_what_was_put_into_it(account: str, issuer: str) -> None:
    uri = urlsplit(provisioning_uri(RFC_SECRET, account=account, issuer=issuer).reveal())
    house, _, name = uri.path.removeprefix("/").partition(":")
    values = parse_qs(uri.query, keep_blank_values=True, strict_parsing=True)

    assert ("otpauth", "totp") == (uri.scheme, uri.netloc)
    assert (issuer.replace(":", " "), account.replace(":", " ")) == (unquote(house), unquote(name))
    assert {
        "secret": [RFC_SECRET.reveal()],
        "issuer": [issuer.replace(":", " ")],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    } == values


def test_the_address_with_the_secret_hides_itself() -> None:
    assert RFC_SECRET.reveal() not in repr(provisioning_uri(RFC_SECRET, account="anna", issuer="toolboxai"))
