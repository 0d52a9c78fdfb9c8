"""A stored hash is argon2id at the cost of the day, tells right from wrong, and is renewed when the cost changes."""

import re
import time

import pytest

from backend.accounts.signin.hashing import SMALL, USUAL, WRONG, Cost, Hasher, StoredHashDamaged, Verified
from backend.secret import Secret

CHEAP = Cost(memory_kib=64, passes=1)
PASSWORD = Secret("correct horse battery staple")


def test_the_usual_and_the_small_cost_are_what_the_docs_say() -> None:
    assert re.match(r"\$argon2id\$v=19\$m=47104,t=1,p=1\$", Hasher(USUAL).hash(PASSWORD))
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", Hasher(SMALL).hash(PASSWORD))


def test_the_right_password_is_right_and_another_is_wrong() -> None:
    hasher = Hasher(CHEAP)
    stored = hasher.hash(PASSWORD)

    assert Verified(right=True) == hasher.verify(stored, PASSWORD)
    assert hasher.verify(stored, Secret("correct horse battery stapl")) == WRONG


def test_the_same_password_is_stored_differently_each_time() -> None:
    hasher = Hasher(CHEAP)

    assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)


def test_a_hash_of_another_cost_asks_to_be_renewed_only_when_the_password_was_right() -> None:
    stored = Hasher(CHEAP).hash(PASSWORD)
    dearer = Hasher(Cost(memory_kib=128, passes=1))

    assert Verified(right=True, needs_rehash=True) == dearer.verify(stored, PASSWORD)
    assert dearer.verify(stored, Secret("another")) == WRONG


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdA",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA",
    ],
)
def test_what_is_no_hash_of_ours_is_a_fault_and_not_a_wrong_password(stored: str) -> None:
    with pytest.raises(StoredHashDamaged):
        Hasher(CHEAP).verify(stored, PASSWORD)


@pytest.mark.parametrize("work", ["m=4194304,t=1", "m=64,t=4000000"])
def test_a_stored_text_cannot_order_more_work_than_ours(work: str) -> None:
    begin = time.monotonic()
    with pytest.raises(StoredHashDamaged, match="more work"):
        Hasher(CHEAP).verify(f"$argon2id$v=19${work},p=1${'A' * 22}${'A' * 43}", PASSWORD)

    assert time.monotonic() - begin < 1


def test_nobody_is_always_wrong() -> None:
    assert Hasher(CHEAP).verify_unknown(PASSWORD) == WRONG
    assert Hasher(CHEAP).verify_unknown(Secret("")) == WRONG


def test_nobody_is_wrong_even_with_a_password_that_fits() -> None:
    hasher = Hasher(CHEAP)
    hasher._nobodys = hasher.hash(PASSWORD)

    assert hasher.verify_unknown(PASSWORD) == WRONG


def test_nobody_costs_what_somebody_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher(CHEAP)
    asked = [hasher.hash(PASSWORD)]
    monkeypatch.setattr(Hasher, "verify", lambda _, stored, __: asked.append(stored))
    hasher.verify_unknown(PASSWORD)

    # Memory, passes, lanes and the lengths of salt and hash are all that the time depends on.
    first, second = ([len(part) if n > 3 else part for n, part in enumerate(one.split("$"))] for one in asked)
    assert first == second


def test_a_damaged_hash_does_not_show_the_password() -> None:
    with pytest.raises(StoredHashDamaged) as caught:
        Hasher(CHEAP).verify("plain", PASSWORD)

    assert PASSWORD.reveal() not in f"{caught.value!r}"
