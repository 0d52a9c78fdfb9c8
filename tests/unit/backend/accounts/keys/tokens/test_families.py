"""When a family holds, and that nothing that has a token shows it by itself."""

from dataclasses import replace

import pytest

from backend.accounts.keys.text_form import Kind
from backend.accounts.keys.tokens.lives import ACCESS_MILLISECONDS, IDLE_MILLISECONDS, LIFE_MILLISECONDS
from backend.accounts.keys.tokens.schemas import RefreshToken, TokensShown
from backend.accounts.keys.tokens.service import Pair
from backend.accounts.keys.tokens.store import Family
from backend.secret import Secret

CANARY = "canary-77aa"
FRESH = Family("f", "k", created_at=0, ends_at=LIFE_MILLISECONDS, refreshed_at=0, revoked_at=None, now=0)
LATE = replace(FRESH, refreshed_at=LIFE_MILLISECONDS - 10)


@pytest.mark.parametrize(
    ("holds", "family"),
    [
        (True, FRESH),
        (True, replace(FRESH, now=IDLE_MILLISECONDS - 1)),
        (False, replace(FRESH, now=IDLE_MILLISECONDS)),
        (True, replace(LATE, now=LIFE_MILLISECONDS - 1)),
        (False, replace(LATE, now=LIFE_MILLISECONDS)),
        (False, replace(FRESH, revoked_at=0)),
        (False, replace(FRESH, ends_at=0)),
    ],
)
def test_a_family_holds_until_its_idleness_its_life_or_its_revocation(holds: bool, family: Family) -> None:  # noqa: FBT001 - drawn
    assert holds is family.holds


def test_a_refresh_token_ends_with_the_idleness_or_the_life_whichever_is_first() -> None:
    assert IDLE_MILLISECONDS == FRESH.refresh_ends_at
    assert LIFE_MILLISECONDS == LATE.refresh_ends_at


def test_an_access_token_is_over_long_before_its_family_is_idle() -> None:
    assert ACCESS_MILLISECONDS < IDLE_MILLISECONDS < LIFE_MILLISECONDS


def test_what_has_a_token_does_not_show_it_by_itself() -> None:
    pair = Pair(FRESH, Secret(CANARY), 1, Secret(CANARY))
    shown = TokensShown(
        "f", access_token=CANARY, access_ends_at=1, refresh_token=CANARY, refresh_ends_at=2, family_ends_at=3
    )

    assert CANARY not in repr((pair, shown, RefreshToken(CANARY)))


def test_the_kinds_of_tokens_are_the_ones_that_programs_are_told() -> None:
    assert ("access", "refresh") == (Kind.ACCESS, Kind.REFRESH)
