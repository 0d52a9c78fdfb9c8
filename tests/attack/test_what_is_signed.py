"""Answers bug 6 of the field: an empty or thin list of signed parts is verified as good (GHSA-x9cc-346q-g27m).

Each request here carries a right MAC over what it says that it signs: who made it has the key of the session. It is
still refused where it is not of the one form: the bridge takes the list from the method and never from a client.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.attack.house import NOTE, AttackedHouse, refusal
from tests.contract.signing import READ_LIST, WRITE_LIST, Session, Signed, mac
from tests.integration.gate.signer import Signer, written
from tests.ledger.notes.routes import NOTES

PARTS = ("@method", "@authority", "@path", "@query", "content-digest", "idempotency-key")
TAG = "toolboxai-bridge-1"


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in the parameters of a signature, each as text."""

    listed: str
    created: str
    key_id: str
    nonce: str

    def usual(self) -> str:
        return f'{self.listed};created={self.created};keyid="{self.key_id}";nonce="{self.nonce}";tag="{TAG}"'


Change = Callable[[Said], str]


def listed(*names: str) -> str:
    return f"({' '.join(names)})"


def quoted(*names: str) -> str:
    return listed(*(f'"{name}"' for name in names))


def with_list(text: str) -> Change:
    return lambda said: replace(said, listed=text).usual()


def with_created(text: str) -> Change:
    return lambda said: replace(said, created=text).usual()


def with_nonce(text: str) -> Change:
    return lambda said: replace(said, nonce=text).usual()


def with_key_id(change: Callable[[str], str]) -> Change:
    return lambda said: replace(said, key_id=change(said.key_id)).usual()


def replaced(old: str, new: str) -> Change:
    return lambda said: said.usual().replace(old, new)


def in_order(form: str) -> Change:
    """Spell the parameters as `form` has them."""
    return lambda said: said.listed + form.format(c=said.created, k=said.key_id, n=said.nonce, t=TAG)


LISTS: dict[str, Change] = {
    "nothing is signed": with_list("()"),
    "the list of a read": with_list(READ_LIST),
    "in another order": with_list(quoted(*reversed(PARTS))),
    "in the order of the alphabet": with_list(quoted(*sorted(PARTS))),
    "one part twice": with_list(quoted(*PARTS, "@path")),
    "an unknown part": with_list(quoted(*PARTS, "@moon")),
    "a part that there is, unasked": with_list(quoted(*PARTS, "@scheme")),
    "another header": with_list(quoted(*PARTS, "content-type")),
    "the whole target in place of its parts": with_list(quoted("@method", "@target-uri", *PARTS[4:])),
    "a part of the answer": with_list(quoted(*PARTS, "@status")),
    "in upper case": with_list(quoted(*PARTS[:4], "Content-Digest", "Idempotency-Key")),
    "a part of the request of an answer": with_list(listed('"@method";req', *(f'"{each}"' for each in PARTS[1:]))),
    "a part as bytes": with_list(listed(*(f'"{each}"' for each in PARTS[:5]), '"idempotency-key";bs')),
    "two blanks": with_list(WRITE_LIST.replace(" ", "  ", 1)),
    "a blank at the end": with_list(WRITE_LIST.replace(")", " )")),
    "without quotation marks": with_list(listed(*PARTS)),
} | {f"without {each}": with_list(quoted(*(name for name in PARTS if name != each))) for each in PARTS}

PARAMETERS: dict[str, Change] = {
    "without a tag": in_order(';created={c};keyid="{k}";nonce="{n}"'),
    "without a nonce": in_order(';created={c};keyid="{k}";tag="{t}"'),
    "without a time": in_order(';keyid="{k}";nonce="{n}";tag="{t}"'),
    "without a key": in_order(';created={c};nonce="{n}";tag="{t}"'),
    "in another order": in_order(';keyid="{k}";created={c};nonce="{n}";tag="{t}"'),
    "the tag first": in_order(';tag="{t}";created={c};keyid="{k}";nonce="{n}"'),
    "the nonce twice": in_order(';created={c};keyid="{k}";nonce="{n}";nonce="{n}";tag="{t}"'),
    "an algorithm": in_order(';created={c};keyid="{k}";nonce="{n}";tag="{t}";alg="hmac-sha256"'),
    "an algorithm between": in_order(';created={c};alg="none";keyid="{k}";nonce="{n}";tag="{t}"'),
    "an end in the far future": in_order(';created={c};expires=99999999999;keyid="{k}";nonce="{n}";tag="{t}"'),
    "the tag of another protocol": replaced(TAG, "toolboxai-bridge-2"),
    "the tag in upper case": replaced(TAG, TAG.upper()),
    "the tag as a token": replaced(f'"{TAG}"', TAG),
    "blanks after the semicolons": replaced(";", "; "),
}

TIMES: dict[str, Change] = {
    text or "nothing": with_created(text)
    for text in ("", "0", "-1", "+1", "1e9", "1700000000.0", '"1700000000"', "0x6553f100", "?1", "9" * 13, "1_700_000")
} | {
    "a zero before it": lambda said: replace(said, created=f"0{said.created}").usual(),
    "a date": lambda said: replace(said, created=f"@{said.created}").usual(),
    "milliseconds": lambda said: replace(said, created=f"{said.created}000").usual(),
}

NUMBERS: dict[str, Change] = {
    text or "nothing": with_nonce(text)
    for text in (
        *("", "0", "00", "01", "007", "+1", "-1", "1e3", "1.0", "0x1", " 1", "1 ", "1,2", "1_0", "one"),
        *(str(2**20 + 961), "9999999", "10000000", str(2**32 + 1), str(2**53 + 1), str(2**64 + 1)),
        *("\u00b2", "\u00b9", "%31", '1";nonce="2'),
    )
} | {"without quotation marks": replaced('nonce="1"', "nonce=1")}

KEY_IDS: dict[str, Change] = {
    "the epoch in upper case": with_key_id(lambda key: key[:27] + key[27:].upper()),
    "without an epoch": with_key_id(lambda key: key[:26]),
    "an empty epoch": with_key_id(lambda key: key[:27]),
    "a longer epoch": with_key_id(lambda key: f"{key}0"),
    "another stop": with_key_id(lambda key: key.replace(".", ":")),
    "a blank before it": with_key_id(lambda key: f" {key[1:]}"),
    "with padding": with_key_id(lambda key: f"{key[:26]}==.{key[27:]}"),
    "the other letters of base64": with_key_id(lambda key: f"+/{key[2:]}"),
    "another spelling of its last letter": with_key_id(lambda key: key[:25] + _next(key[25]) + key[26:]),
}


def _next(letter: str) -> str:
    """Return the letter whose first bits are the same, and of whose last ones nothing is kept."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(letter) + 1]


def forged(signer: Signer, change: Change) -> Signed:
    """Return a request whose MAC is right for the parameters that it has."""
    honest = signer.sign("POST", NOTES, NOTE, number=1)
    said = Said(WRITE_LIST, str(int(time.time())), signer.session.key_id, "1")
    params = change(said)
    lines = honest.signature_base.split("\n")[:-1]
    named = params[: params.find(")") + 1]
    kept = [line for line in lines if line.partition(":")[0] in named or line.partition(":")[0].strip('"') in named]
    base = "\n".join((*kept, f'"@signature-params": {params}'))
    tag = mac(signer.session.use("request"), base.encode())
    return replace(
        honest,
        signature_input=f"tbx={params}",
        signature=f"tbx=:{base64.b64encode(tag).decode()}:",
        signature_base=base,
    )


async def told(house: AttackedHouse, session: Session, changes: dict[str, Change]) -> dict[str, tuple[int, str]]:
    """Return what each of them is told that is not refused as it should be."""
    wrong = {}
    signer = house.watch(session)
    for name, change in changes.items():
        received = await house.ask(written(forged(signer, change)))
        if (400, "malformed") != refusal(received) or received.header("Answer-Proof") is not None:
            wrong[name] = refusal(received)
    return wrong


async def test_no_other_form_of_a_signature_is_taken_though_its_mac_is_right(house: AttackedHouse) -> None:
    session = (await house.signer()).session
    before = house.rows()
    kinds = {"lists": LISTS, "parameters": PARAMETERS, "times": TIMES, "numbers": NUMBERS, "keys": KEY_IDS}

    assert {} == {kind: wrong for kind, each in kinds.items() if (wrong := await told(house, session, each))}
    assert before == house.rows()
    assert {"malformed": sum(map(len, kinds.values()))} == house.verdicts()
    # None of them has used up its number, and what is signed as it should be is let in.
    assert 201 == (await house.send(forged(house.watch(session), Said.usual))).status


async def test_a_signature_stands_there_once_and_under_its_own_name(house: AttackedHouse) -> None:
    signer = await house.signer()
    usual = signer.sign("POST", NOTES, NOTE, number=1)
    another = signer.sign("POST", NOTES, NOTE, number=2)
    own, tag = usual.signature_input.removeprefix("tbx="), usual.signature.removeprefix("tbx=")
    before = house.rows()
    forms = {
        "another name": (f"sig1={own}", f"sig1={tag}"),
        "a name in upper case": (f"TBX={own}", f"TBX={tag}"),
        "two names": (f"tbx={own}, sig1={own}", f"tbx={tag}, sig1={tag}"),
        "the empty one first": (f"sig0=();created=1, tbx={own}", f"sig0=::, tbx={tag}"),
        "one name twice": (f"tbx={own}, tbx={own}", f"tbx={tag}, tbx={tag}"),
        "a good one after a bad one": (f"tbx={another.signature_input[4:]}, tbx={own}", f"tbx=:AAAA:, tbx={tag}"),
        "a parameter after the bytes": (f"tbx={own}", f"tbx={tag};alg=none"),
        "no bytes": (f"tbx={own}", "tbx=::"),
        "half of the bytes": (f"tbx={own}", f"tbx={tag[:23]}:"),
        "no colons": (f"tbx={own}", f"tbx={tag.strip(':')}"),
        "a text": (f"tbx={own}", f'tbx="{tag.strip(":")}"'),
        "hexadecimal": (f"tbx={own}", f"tbx=:{base64.b64decode(tag.strip(':')).hex()}:"),
        "without padding": (f"tbx={own}", f"tbx={tag.replace('=', '')}"),
        "other letters of base64": (f"tbx={own}", f"tbx=:-_{tag[3:]}"),
        "another spelling of the last bits": (f"tbx={own}", f"tbx={tag[:43]}{chr(ord(tag[43]) + 1)}=:"),
        "nothing": ("", ""),
    }

    said = {}
    for name, (signature_input, signature) in forms.items():
        request = replace(usual, signature_input=signature_input, signature=signature)
        said[name] = refusal(await house.send(request))

    assert dict.fromkeys(forms, (400, "malformed")) == said
    assert before == house.rows()
    assert 201 == (await house.send(usual)).status
