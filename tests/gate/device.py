"""A device as the protocol's text describes one: hashlib and hmac, and nothing of the bridge."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import ClientSession
from nacl.signing import VerifyKey

from tests.contract import signing

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        told = self.json.get("code")
        return None if told is None else str(told)


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out: everything that the answer is checked with."""

    challenge: bytes
    n: str
    body: bytes
    proof: str
    answer: Answered

    @property
    def once(self) -> bytes:
        return self.challenge + self.n.encode()

    def message(self) -> bytes:
        answer = self.answer
        return b"\n".join((self.once, str(answer.status).encode(), hashlib.sha256(answer.body).digest()))


@dataclass(slots=True)
class Device:
    id: str
    key: bytes
    client: ClientSession
    authority: str
    sent: list[Sent] = field(default_factory=list)

    def use(self, used_for: str) -> bytes:
        return signing.device_use(self.key, used_for)

    def new_n(self) -> str:
        return f"5f0c0d2e-2fd1-4a52-8f6e-0f3ad6a0a7b1 {next(_NUMBERS)}"

    async def challenge(self, n: str = "some text 1") -> bytes:
        answer = await post(self.client, "/v1/challenge", {"device_id": self.id, "n": n})
        assert answer.status == 200, answer.body
        return b64decode(answer.json["challenge"], validate=True)

    def proof(self, challenge: bytes, n: str, authority: str, body: bytes) -> str:
        message = b"\n".join((challenge + n.encode(), authority.encode(), hashlib.sha256(body).digest()))
        return in_header(signing.mac(self.use("open"), message))

    async def open(self, challenge: bytes | None = None, *, authority: str | None = None, **said: object) -> Sent:
        """Open a session as it should be done, or with another challenge, authority or body."""
        challenge = challenge if challenge is not None else await self.challenge()
        n = self.new_n()
        document = {"device_id": self.id, "n": n, "challenge": b64encode(challenge).decode(), "version": "0.1.0"}
        body = json.dumps(document | said).encode()
        proof = self.proof(challenge, n, authority or self.authority, body)
        return await self.send(challenge, n, body, proof)

    async def send(self, challenge: bytes, n: str, body: bytes, proof: str) -> Sent:
        headers = {"Content-Type": "application/json", "Session-Proof": proof}
        async with self.client.post("/v1/session", data=body, headers=headers) as response:
            answer = Answered(response.status, response.headers.copy(), await response.read())
        sent = Sent(challenge, n, body, proof, answer)
        self.sent.append(sent)
        return sent

    def believes(self, sent: Sent) -> bool:
        """Whether an answer carries the proof that it is the bridge's."""
        told = sent.answer.headers.getall("Grant-Proof", [])
        right = in_header(signing.mac(self.use("grant"), sent.message()))
        return len(told) == 1 and hmac.compare_digest(told[0], right)

    def session_key(self, sent: Sent) -> bytes:
        granted = sent.answer.json
        context = sent.once + granted["key_id"].encode()
        return signing.wrapped(self.use("wrap"), context, b64decode(granted["wrapped_key"]))

    def new_key(self, sent: Sent) -> bytes:
        wrapped = b64decode(sent.answer.json["new_device_key"]["wrapped"])
        return signing.wrapped(self.use("wrap"), b"device" + sent.once, wrapped)


def signature_is_right(sent: Sent, public_key: bytes) -> bool:
    told = sent.answer.headers["Grant-Signature"]
    VerifyKey(public_key).verify(sent.message(), b64decode(told[1:-1]))
    return True


async def post(client: ClientSession, path: str, document: object, **headers: str) -> Answered:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post(path, json=document, headers=named) as response:
        return Answered(response.status, response.headers.copy(), await response.read())


def in_header(value: bytes) -> str:
    return f":{b64encode(value).decode()}:"
