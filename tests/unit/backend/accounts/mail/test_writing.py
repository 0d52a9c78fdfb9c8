"""A letter says the same in text and in HTML, and no name in it says anything else."""

import html
from dataclasses import fields, replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from backend.accounts.mail import writing
from backend.accounts.mail.letters import Invitation, Letter
from backend.accounts.mail.writing import Writer, one_line
from tests.unit.backend.accounts.mail.letters_for_tests import ENDS, HOUSE, LINK, TO, every_letter

LETTERS = every_letter()
NAMES = [letter.template for letter in LETTERS]
WRITER = Writer()


class Reader(HTMLParser):
    """What a mail program shows of a page, where its links lead, and which elements it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str | None] = []
        self.elements: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def facts(letter: Letter) -> list[str]:
    values = {field.name: getattr(letter, field.name) for field in fields(letter) if field.name != "to"}
    said = {"at": "2026-11-27 16:02 UTC", "ends": "2026-12-04 08:30 UTC"}
    return [said[name] if isinstance(value, datetime) else value for name, value in values.items()]


@pytest.mark.parametrize("letter", LETTERS, ids=NAMES)
def test_text_and_html_name_all_facts_and_the_same_one_link(letter: Letter) -> None:
    message = WRITER.write(letter)
    page = Reader(message.html)

    assert len(facts(letter)) >= 3
    for fact in facts(letter):
        assert fact in message.text
        assert fact in page.words
    assert [LINK] == page.links
    assert LINK in message.text.splitlines()
    assert message.text.count("://") == page.words.count("://") == 1


@pytest.mark.parametrize("letter", LETTERS, ids=NAMES)
def test_text_and_html_say_the_same_sentences(letter: Letter) -> None:
    message = WRITER.write(letter)
    shown = " ".join(Reader(message.html).words.replace(":", "").split())

    sentences = [
        " ".join(line.replace(":", "").split()) for line in message.text.splitlines() if line not in {"-- ", ""}
    ]
    assert [] == [sentence for sentence in sentences if sentence not in shown]


@pytest.mark.parametrize("letter", LETTERS, ids=NAMES)
def test_the_subject_is_one_line_that_names_the_house_and_no_link(letter: Letter) -> None:
    message = WRITER.write(letter)

    assert HOUSE in message.subject
    assert "://" not in message.subject
    assert message.subject.isprintable()
    assert not message.text.startswith(("Subject", "\n"))
    assert TO == message.to


@pytest.mark.parametrize("number", range(len(LETTERS)), ids=NAMES)
def test_a_name_makes_no_element_in_html_and_stays_as_it_is_in_text(number: int) -> None:
    name = """<b>x</b> & "y" 'z'"""
    letter = replace(every_letter(name, name, name)[number], house=name)
    plain, named = WRITER.write(LETTERS[number]), WRITER.write(letter)

    assert Reader(plain.html).elements == Reader(named.html).elements
    assert name in Reader(named.html).words
    assert html.escape("<b>x</b>") in named.html
    assert name in named.text
    assert name in named.subject


@settings(deadline=None)
@given(name=st.text())
def test_no_name_begins_a_line_of_its_own_or_a_header(name: str) -> None:
    named = f"{name}\r\nBcc: all@school.example\n\u2028\x0bX: \u202ey{name}"
    for letter, plain in zip(every_letter(named, named, named), LETTERS, strict=True):
        message, expected = WRITER.write(replace(letter, house=named)), WRITER.write(plain)

        assert len(expected.text.splitlines()) == len(message.text.splitlines())
        assert message.subject.isprintable()


@settings(deadline=None)
@given(st.text())
def test_a_name_is_on_one_line_and_short(text: str) -> None:
    line = one_line(text)

    assert len(line) <= 100
    assert len(line.splitlines()) <= 1
    assert line == one_line(line)


def test_a_name_keeps_its_own_letters() -> None:
    for name in ("Zo\u00eb O'Hara", "\u5f20\u4f1f", "\u0645\u062d\u0645\u062f"):
        assert name == one_line(name)


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "http://a b", 'https://a"b', "https://a\nb", "https://\u00e4", "//a"]
)
def test_a_link_that_is_no_plain_address_is_a_fault(link: str) -> None:
    with pytest.raises(ValueError, match="link"):
        WRITER.write(replace(LETTERS[0], link=link))


def test_a_fact_that_a_template_names_and_nobody_gave_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in ("txt", "html"):
        (tmp_path / f"invitation.{ending}").write_text("Subject: x\n\n{{ nobody_gave_this }}\n")
    monkeypatch.setattr(writing, "_TEMPLATES", tmp_path)

    with pytest.raises(UndefinedError):
        Writer().write(LETTERS[0])


def test_every_template_belongs_to_a_letter() -> None:
    folder = Path(writing.__file__).parent / "templates"

    assert {path.name for path in folder.iterdir()} == {"letter.html"} | {
        f"{name}.{ending}" for name in NAMES for ending in ("txt", "html")
    }


def test_a_letter_does_not_show_its_link_in_a_log() -> None:
    letter = Invitation(to=TO, house=HOUSE, link=LINK, name="Anna", inviter="Bert", ends=ENDS)

    assert LINK not in repr(letter)
    assert LINK not in repr(WRITER.write(letter))
