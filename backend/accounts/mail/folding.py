"""How the headers of a mail are written: as the library does, but for names and subjects in other alphabets.

Where it folds such a text, Python 3.11 loses the spaces between its words. Here they are inside of the encoded words.
"""

import base64
from collections.abc import Iterator
from email.headerregistry import UniqueAddressHeader, UniqueUnstructuredHeader
from email.policy import EmailPolicy
from typing import Final

_END: Final = "\r\n"
# 60 characters of base64 and 12 around them: an encoded word has 75 at most (RFC 2047).
_WORD_BYTES: Final = 45


class MailPolicy(EmailPolicy):
    """The library's way to write a mail, but for these texts."""

    def fold(self, name: str, value: str) -> str:
        return _folded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        folded = _folded(name, value)
        return super().fold_binary(name, value) if folded is None else folded.encode("utf-8")


def mail_policy(*, utf8: bool) -> MailPolicy:
    """Seven bits on the wire, so that no server on the way has to change a letter; `utf8` is for addresses alone."""
    return MailPolicy(linesep=_END, cte_type="7bit", utf8=utf8)


def _folded(name: str, value: str) -> str | None:
    """A header that holds other alphabets; None leaves it to the library."""
    if isinstance(value, UniqueUnstructuredHeader) and not value.isascii():
        return f"{name}: {_encoded(str(value))}{_END}"
    if isinstance(value, UniqueAddressHeader) and len(value.addresses) == 1:
        address = value.addresses[0]
        if not address.display_name.isascii():
            return f"{name}: {_encoded(address.display_name)}{_END} <{address.addr_spec}>{_END}"
    return None


def _encoded(text: str) -> str:
    return f"{_END} ".join(f"=?utf-8?b?{base64.b64encode(word).decode('ascii')}?=" for word in _words(text))


def _words(text: str) -> Iterator[bytes]:
    """Cut a text between its characters, so that each word can be read alone."""
    word = b""
    for character in text:
        encoded = character.encode("utf-8")
        if len(word) + len(encoded) > _WORD_BYTES:
            yield word
            word = b""
        word += encoded
    yield word
