"""One letter of each kind, with facts that can be told apart."""

from datetime import UTC, datetime, timedelta, timezone

from backend.accounts.mail.letters import (
    FirstAdministrator,
    GlassWasBroken,
    Invitation,
    KeyCreated,
    Letter,
    NewSignIn,
    PasswordChanged,
    PasswordReset,
    SecondFactorChanged,
)
from backend.accounts.mail.message import Message, Sender
from backend.accounts.signin.email_address import parse

TO = parse("anna@school.example")
SENDER = Sender(parse("bridge@school.example"), "Goethe School, Roblox")
HOUSE = "Goethe School"
LINK = "https://bridge.school.example/invited#tbx_invite_0_1_2?a=1&b=2"
AT = datetime(2026, 11, 27, 17, 2, tzinfo=timezone(timedelta(hours=1)))
ENDS = datetime(2026, 12, 4, 8, 30, tzinfo=UTC)
MESSAGE = Message(TO, "Hello", "text canary\n", "<p>html canary</p>\n")


def every_letter(name: str = "Anna", inviter: str = "Bert", device: str = "Firefox on Linux") -> list[Letter]:
    return [
        Invitation(to=TO, house=HOUSE, link=LINK, name=name, inviter=inviter, ends=ENDS),
        PasswordReset(to=TO, house=HOUSE, link=LINK, name=name, ends=ENDS),
        FirstAdministrator(to=TO, house=HOUSE, link=LINK, ends=ENDS),
        NewSignIn(to=TO, house=HOUSE, link=LINK, name=name, at=AT, device=device, network="192.0.2.0/24"),
        PasswordChanged(to=TO, house=HOUSE, link=LINK, name=name, at=AT),
        SecondFactorChanged(to=TO, house=HOUSE, link=LINK, name=name, at=AT, change="was switched off"),
        GlassWasBroken(
            to=TO, house=HOUSE, link=LINK, name=name, operator="Olive", role="school admin", reason="support", ends=ENDS
        ),
        KeyCreated(to=TO, house=HOUSE, link=LINK, name=name, at=AT, key_name="Lab", key_id="0" * 26),
    ]
