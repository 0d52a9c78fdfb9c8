"""A letter goes to the mail server encrypted or not at all, and what came of it is told truly."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from backend.accounts.mail.sending import MailNotSent
from backend.accounts.mail.smtp_sender import Encryption, MailServer, SmtpSender
from backend.accounts.signin.email_address import parse
from backend.errors import SettingsError
from backend.secret import Secret
from tests.unit.backend.accounts.mail.letters_for_tests import MESSAGE, SENDER

PASSWORD = "canary-of-the-mail-server"


@dataclass
class Certificates:
    """A server's certificate, and a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@dataclass
class Post:
    """What came in at the server, and what it answers to a letter and to a reader's address."""

    answer: str = "250 taken"
    recipient_answer: str = "250 known"
    envelopes: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return self.answer


def authenticator(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
    right = isinstance(given, LoginPassword) and (b"bridge", PASSWORD.encode()) == (given.login, given.password)
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return Certificates(server, client)


@asynccontextmanager
async def running(
    post: Post, *, tls: ssl.SSLContext | None = None, sign_in: bool = False, utf8: bool = True
) -> AsyncIterator[MailServer]:
    def made() -> SMTP:
        return SMTP(
            post,
            hostname="localhost",
            tls_context=tls,
            require_starttls=tls is not None,
            enable_SMTPUTF8=utf8,
            auth_required=sign_in,
            authenticator=authenticator if sign_in else None,
        )

    async with listening(made) as port:
        yield MailServer("127.0.0.1", port, step_seconds=10)


@asynccontextmanager
async def listening(made: Callable[[], SMTP], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port where each connection is served by one more `made`; all of them are closed at the end."""
    served: list[SMTP] = []

    def serve() -> SMTP:
        served.append(made())
        return served[-1]

    server = await asyncio.get_running_loop().create_server(serve, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for one in served:
        if isinstance(one.transport, asyncio.WriteTransport):
            one.transport.abort()
    await asyncio.sleep(0.01)


async def test_a_letter_goes_over_an_encrypted_connection(certificates: Certificates) -> None:
    post = Post()
    async with running(post, tls=certificates.server) as server:
        await SmtpSender(server, SENDER, certificates.client).send(MESSAGE)

    assert [True] == post.encrypted
    assert "bridge@school.example" == post.envelopes[0].mail_from
    assert ["anna@school.example"] == post.envelopes[0].rcpt_tos
    assert "text canary" in str(post.envelopes[0].content)


async def test_a_letter_goes_over_a_connection_that_is_encrypted_from_the_start(certificates: Certificates) -> None:
    post = Post()
    async with listening(lambda: SMTP(post, hostname="localhost"), certificates.server) as port:
        await SmtpSender(MailServer("127.0.0.1", port, Encryption.TLS), SENDER, certificates.client).send(MESSAGE)

    assert 1 == len(post.envelopes)


async def test_a_letter_does_not_go_to_a_server_without_encryption(certificates: Certificates) -> None:
    post = Post()
    async with running(post) as server:
        with pytest.raises(MailNotSent, match="could not be talked to") as caught:
            await SmtpSender(server, SENDER, certificates.client).send(MESSAGE)

    assert [] == post.envelopes
    assert caught.value.again


async def test_a_letter_does_not_go_to_a_server_that_shows_a_strange_certificate(certificates: Certificates) -> None:
    post = Post()
    async with running(post, tls=certificates.server) as server:
        with pytest.raises(MailNotSent):
            await SmtpSender(server, SENDER).send(MESSAGE)

    assert [] == post.envelopes


async def test_on_this_machine_a_letter_may_go_unencrypted_when_that_is_asked_for() -> None:
    post = Post()
    async with running(post) as server:
        await SmtpSender(replace(server, encryption=Encryption.NONE), SENDER).send(MESSAGE)

    assert [False] == post.encrypted


@pytest.mark.parametrize("host", ["mail.school.example", "192.0.2.1", "localhost.school.example"])
def test_to_another_machine_no_encryption_is_refused_as_a_setting(host: str) -> None:
    with pytest.raises(SettingsError, match="unencrypted"):
        MailServer(host, encryption=Encryption.NONE)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_has_several_names(host: str) -> None:
    assert MailServer(host, encryption=Encryption.NONE).host == host


async def test_the_bridge_signs_in_to_the_server(certificates: Certificates) -> None:
    post = Post()
    async with running(post, tls=certificates.server, sign_in=True) as server:
        signed = replace(server, user="bridge", password=Secret(PASSWORD))
        await SmtpSender(signed, SENDER, certificates.client).send(MESSAGE)
        wrong = replace(server, user="bridge", password=Secret(PASSWORD + "x"))
        with pytest.raises(MailNotSent, match="535") as caught:
            await SmtpSender(wrong, SENDER, certificates.client).send(MESSAGE)

    assert 1 == len(post.envelopes)
    assert PASSWORD not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("554 never", False)])
async def test_a_refusal_says_whether_the_letter_may_go_later(answer: str, again: bool) -> None:  # noqa: FBT001
    for post in (Post(answer=answer), Post(recipient_answer=answer)):
        async with running(post) as server:
            with pytest.raises(MailNotSent) as caught:
                await SmtpSender(replace(server, encryption=Encryption.NONE), SENDER).send(MESSAGE)

        assert again is caught.value.again
        assert "anna" not in caught.value.sentence


async def test_a_mailbox_in_another_alphabet_is_reached(certificates: Certificates) -> None:
    post = Post()
    async with running(post, tls=certificates.server) as server:
        to = parse("zo\u00eb@b\u00fccher.example")
        await SmtpSender(server, SENDER, certificates.client).send(replace(MESSAGE, to=to))

    assert ["zo\u00eb@xn--bcher-kva.example"] == post.envelopes[0].rcpt_tos


async def test_a_server_that_cannot_reach_such_a_mailbox_is_not_asked_again() -> None:
    post = Post()
    async with running(post, utf8=False) as server:
        plain = replace(server, encryption=Encryption.NONE)
        with pytest.raises(MailNotSent, match="such an address") as caught:
            await SmtpSender(plain, SENDER).send(replace(MESSAGE, to=parse("zo\u00eb@school.example")))

    assert not caught.value.again
    assert [] == post.envelopes


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server_socket = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server_socket.sockets[0].getsockname()[1]
    patient = MailServer("127.0.0.1", port, Encryption.NONE, step_seconds=60, letter_seconds=60)
    for server in (replace(patient, step_seconds=0.05), replace(patient, letter_seconds=0.05)):
        async with asyncio.timeout(30):
            with pytest.raises(MailNotSent, match="could not be talked to") as caught:
                await SmtpSender(server, SENDER).send(MESSAGE)
        assert caught.value.again
    server_socket.close()
    await asyncio.sleep(0.01)


async def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]

    with pytest.raises(MailNotSent) as caught:
        await SmtpSender(MailServer("127.0.0.1", port, Encryption.NONE), SENDER).send(MESSAGE)
    assert caught.value.again
