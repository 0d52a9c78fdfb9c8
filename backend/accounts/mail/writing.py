"""Turns a letter into its words: a template in text, which begins with its subject, and one in HTML."""

import re
import unicodedata
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backend.accounts.mail.letters import Letter
from backend.accounts.mail.message import Message
from backend.accounts.signin.unseen import unseen

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LONGEST_FACT: Final = 100
_LONGEST_SUBJECT: Final = 200
_SUBJECT: Final = "Subject: "
# Ours are made of an address of the bridge and a credential; anything else is a slip that must not reach a reader.
_LINK: Final = re.compile(r"https?://[!#-;=?-~]{1,2000}", re.ASCII)


class Writer:
    """Knows the templates; made once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def write(self, letter: Letter) -> Message:
        facts = {field.name: _said(field.name, getattr(letter, field.name)) for field in fields(letter)}
        first, _, text = self._templates.get_template(f"{letter.template}.txt").render(facts).partition("\n")
        html = self._templates.get_template(f"{letter.template}.html").render(facts)
        return Message(letter.to, first.removeprefix(_SUBJECT)[:_LONGEST_SUBJECT], text.lstrip("\n"), html)


def _said(name: str, fact: object) -> str:
    """One fact as a letter says it, on one line."""
    if name == "link":
        link = str(fact)
        if not _LINK.fullmatch(link):
            raise ValueError("the link of a letter is not a plain http or https address")
        return link
    if isinstance(fact, datetime):
        return f"{fact.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return one_line(str(fact))


def one_line(text: str) -> str:
    """A name as it may stand in a letter: it can neither begin a line of its own nor turn the line's order round."""
    shown = "".join(_shown(character) for character in text)
    short = " ".join(shown.split())
    return short if len(short) <= _LONGEST_FACT else f"{short[: _LONGEST_FACT - 1]}\u2026"


def _shown(character: str) -> str:
    if not unseen(character):
        return character
    # What only directs the drawing goes; what parts words becomes a space.
    return " " if unicodedata.category(character)[0] == "Z" or unicodedata.category(character) == "Cc" else ""
