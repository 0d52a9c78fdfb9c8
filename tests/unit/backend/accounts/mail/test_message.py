"""A letter becomes a mail with both forms and with no header that nobody meant."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.mail.message import Message, Sender, as_mail
from backend.accounts.signin.email_address import parse
from tests.unit.backend.accounts.mail.letters_for_tests import MESSAGE, SENDER

NOW = datetime(2026, 11, 27, 16, 2, tzinfo=UTC)


def read_back(message: Message, sender: Sender = SENDER) -> EmailMessage:
    found = message_from_bytes(as_mail(message, sender, NOW).as_bytes(), policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content()).replace("\r\n", "\n")


def test_a_mail_has_both_forms_and_says_that_a_machine_wrote_it() -> None:
    mail = read_back(MESSAGE)

    assert MESSAGE.text == part(mail, "plain")
    assert MESSAGE.html == part(mail, "html")
    assert "auto-generated" == mail["Auto-Submitted"]
    assert NOW == mail["Date"].datetime
    assert mail["Message-ID"].endswith("@school.example>")
    assert ("bridge@school.example", "Goethe School, Roblox") == (
        mail["From"].addresses[0].addr_spec,
        mail["From"].addresses[0].display_name,
    )


def test_other_alphabets_arrive_as_they_were_sent() -> None:
    text = "\u5bc6\u7801 gr\u00fcn \U0001f98a " * 20
    message = replace(MESSAGE, subject=text.strip(), text=text + "\n")
    raw = as_mail(message, replace(SENDER, name=text.strip())).as_bytes()

    # The library's newer reader puts spaces between the encoded words of a name; the older one reads what stands there.
    headers = message_from_bytes(raw, policy=policy.compat32)
    assert text.strip() == str(make_header(decode_header(headers["Subject"])))
    assert f"{text.strip()} <bridge@school.example>" == str(make_header(decode_header(headers["From"])))
    assert text + "\n" == part(read_back(message), "plain")


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=150))
def test_any_subject_arrives_in_seven_bits_and_short_lines(text: str) -> None:
    subject = " ".join(text.split()) or "x"
    raw = as_mail(replace(MESSAGE, subject=subject), replace(SENDER, name=subject), NOW).as_bytes()

    assert subject == message_from_bytes(raw, policy=policy.SMTP)["Subject"]
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998
    assert raw.count(b"\r\n") == raw.count(b"\n")


def test_a_mailbox_in_another_alphabet_is_written_in_utf8() -> None:
    raw = as_mail(replace(MESSAGE, to=parse("zo\u00eb@school.example")), SENDER).as_bytes()

    assert "\r\nTo: zo\u00eb@school.example\r\n" in raw.decode("utf-8")


def test_the_domain_goes_in_ascii_and_the_mailbox_as_it_was_written() -> None:
    mail = read_back(replace(MESSAGE, to=parse("Anna.B@B\u00fccher.example")))

    assert "Anna.B@xn--bcher-kva.example" == mail["To"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_header_comes_in_through_a_subject_or_a_name(end: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)header|linefeed|CR or LF|newline"):
        as_mail(replace(MESSAGE, subject=f"Hello{end}Bcc: all@school.example"), SENDER)
    with pytest.raises(ValueError, match=r"(?i)header|linefeed|CR or LF|newline|invalid"):
        as_mail(MESSAGE, replace(SENDER, name=f"School{end}Bcc: all@school.example"))


def test_what_a_letter_says_is_not_shown_in_a_log() -> None:
    assert "canary" not in repr(MESSAGE)
