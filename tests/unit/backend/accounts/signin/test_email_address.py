"""An address is stored as written, found whatever its spelling, and refused with a reason when mail cannot reach it."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.signin.email_address import AddressRefused, fold, parse

LOCAL_PARTS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)


def test_an_address_is_kept_as_it_was_written() -> None:
    assert "Zoë.O'Hara+lab@School.Example" == parse(" Zoë.O'Hara+lab@School.Example\r\n").written


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ANNA@School.EXAMPLE", "anna@school.example"),
        ("Zoe\u0308@school.example", "zo\u00eb@school.example"),
        ("anna@b\u00fccher.example", "anna@xn--bcher-kva.example"),
        ("anna@BU\u0308CHER.example", "anna@b\u00fccher.example"),
        ("anna@school\u3002example", "anna@school.example"),
        ("\u1fb3\u0301@school.example", "\u1fb4@school.example"),
    ],
)
def test_spellings_of_one_address_are_found_by_one_form(first: str, second: str) -> None:
    assert parse(first).lookup == parse(second).lookup


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("anna.b@school.example", "annab@school.example"),
        ("anna+x@school.example", "anna@school.example"),
        ("anna@fass.example", "anna@fa\u00df.example"),
        ("\u0430nna@school.example", "anna@school.example"),
    ],
)
def test_addresses_of_different_people_are_not_taken_for_one(first: str, second: str) -> None:
    assert parse(first).lookup != parse(second).lookup


def test_mailboxes_that_share_a_form_keep_their_own_writing_for_mail() -> None:
    one, other = parse("strasse@school.example"), parse("stra\u00dfe@school.example")

    assert one.lookup == other.lookup
    assert one.written != other.written


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "`@`"),
        ("anna", "`@`"),
        ("@school.example", "before the `@`"),
        ("anna@", "after the `@`"),
        ("anna@school", "with a dot"),
        ("anna@.example", "after the `@`"),
        ("anna@school..example", "after the `@`"),
        ("anna@school.example.", "after the `@`"),
        (".anna@school.example", "before the `@`"),
        ("anna.@school.example", "before the `@`"),
        ("an..na@school.example", "before the `@`"),
        ("a,b@school.example", "before the `@`"),
        ("Anna<anna@school.example>", "before the `@`"),
        ("a@b@school.example", "before the `@`"),
        ('"anna"@school.example', "quotes"),
        ('"a@b"@school.example', "quotes"),
        ("an\\na@school.example", "quotes"),
        ("\u0301anna@school.example", "accent"),
        ("anna@[192.0.2.1]", "number"),
        ("anna@[IPv6:2001:db8::1]", "number"),
        ("anna@192.0.2.1", "number"),
        ("anna@sch_ool.example", "after the `@`"),
        ("anna@-school.example", "after the `@`"),
        ("anna@xn--\u00fc.example", "after the `@`"),
        ("anna@sch\u2215ool.example", "after the `@`"),
        ("an na@school.example", "cannot be seen"),
        ("anna@school.example\nBcc: b@x.example", "cannot be seen"),
        ("anna\x00@school.example", "cannot be seen"),
        ("anna\u202e@school.example", "cannot be seen"),
        ("an\u200bna@school.example", "cannot be seen"),
        ("an\u00adna@school.example", "cannot be seen"),
        ("anna@sch\u00adool.example", "cannot be seen"),
        ("an\u3164na@school.example", "cannot be seen"),
        ("an\ufe0fna@school.example", "cannot be seen"),
        ("anna\ud800@school.example", "cannot be seen"),
        ("anna\u2028@school.example", "cannot be seen"),
    ],
)
def test_what_mail_cannot_reach_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why):
        parse(text)


@pytest.mark.parametrize("letter", ["a", "\u00e9"])
def test_the_local_part_may_have_64_bytes(letter: str) -> None:
    fits = letter * (64 // len(letter.encode()))

    assert fits == parse(f"{fits}@school.example").written.partition("@")[0]
    with pytest.raises(AddressRefused, match="64"):
        parse(f"{fits}{letter}@school.example")


def test_an_address_may_have_254_bytes() -> None:
    domain = ".".join(["d" * 61] * 3) + "." + "e" * 10
    fits = "a" * (254 - 1 - len(domain)) + "@" + domain

    assert fits == parse(fits).lookup
    with pytest.raises(AddressRefused, match="254"):
        parse("a" + fits)


def test_a_domain_that_grows_beyond_the_cap_in_ascii_is_refused() -> None:
    text = "a" * 50 + "@" + ".".join(["\u00fc" + "d" * 45] * 4) + ".example"

    assert len(text.encode()) <= 254
    with pytest.raises(AddressRefused, match="254"):
        parse(text)


def test_a_huge_text_is_refused_before_it_costs_anything() -> None:
    with pytest.raises(AddressRefused, match="254"):
        parse("\u0301" * 10_000_000)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused_without_being_repeated(text: str) -> None:
    try:
        said = parse(f"canary{text}").lookup.removeprefix("canary")
    except AddressRefused as refused:
        said = refused.sentence

    assert "canary" not in said.replace(text, "")
    assert said.isprintable()


@settings(deadline=None)
@given(local_part=LOCAL_PARTS, domain=st.sampled_from(["school.example", "B\u00dcCHER.example"]))
def test_the_look_up_form_of_a_look_up_form_is_itself(local_part: str, domain: str) -> None:
    try:
        found = parse(f"{local_part}@{domain}")
    except AddressRefused:
        return

    assert found.lookup == parse(found.lookup).lookup


@settings(deadline=None)
@given(LOCAL_PARTS)
def test_case_and_composition_make_no_other_person(local_part: str) -> None:
    for same in (unicodedata.normalize("NFD", local_part), unicodedata.normalize("NFC", local_part)):
        assert fold(local_part) == fold(same)
    assert fold(local_part) == fold(local_part.casefold())


def test_folding_is_stable_for_every_character() -> None:
    unstable = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character)[0] in "LMNPS" and fold(character) != fold(fold(character))
    ]

    assert [] == unstable
