"""What can go wrong for a client.

    ClientError
    ├── AddressRefused      this client does not talk to such an address
    ├── DeviceFileFailed    the file with the device's key cannot be read or written
    ├── TooLarge            the body is longer than the session may send
    ├── NoAnswer            nothing came that could be believed, until the time was over
    ├── NotTheBridge        what answers cannot show that it is the bridge that was paired with
    ├── DigitsDiffer        the six digits are not those that the approving side shows
    ├── TooOld              the bridge does not speak this version of the protocol
    └── Refused             the bridge said no, and showed that it was the bridge
        ├── PairingDenied
        ├── PairingExpired
        ├── NotKnown        the bridge does not know this device, this session or this game key
        ├── Revoked         somebody who may has withdrawn the device or the key
        ├── OutOfScope
        └── PlaceNotAllowed

Each has a stable `code` and is a sentence for a person. None of them holds a secret.
"""

from typing import ClassVar, Final


class ClientError(Exception):
    code: str

    @property
    def sentence(self) -> str:
        return str(self)


class AddressRefused(ClientError):
    code = "address_refused"


class DeviceFileFailed(ClientError):
    code = "device_file_failed"


class TooLarge(ClientError):
    code = "too_large"


class NoAnswer(ClientError):
    code = "no_answer"


class NotTheBridge(ClientError):
    code = "not_the_bridge"


class DigitsDiffer(ClientError):
    code = "digits_differ"


class TooOld(ClientError):
    code = "too_old"


class Refused(ClientError):
    """A problem of the bridge: `code` is the bridge's own, from docs/errors.md."""

    of_code: ClassVar[str | None] = None

    def __init__(self, sentence: str, *, code: str, status: int, request_id: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
        self.request_id = request_id


class PairingDenied(Refused):
    of_code = "pairing_denied"


class PairingExpired(Refused):
    of_code = "pairing_expired"


class NotKnown(Refused):
    of_code = "not_proven"


class Revoked(Refused):
    of_code = "revoked"


class OutOfScope(Refused):
    of_code = "out_of_scope"


class PlaceNotAllowed(Refused):
    of_code = "place_not_allowed"


_BY_CODE: Final[dict[str | None, type[Refused]]] = {
    kind.of_code: kind for kind in (PairingDenied, PairingExpired, NotKnown, Revoked, OutOfScope, PlaceNotAllowed)
}


def refused(sentence: str, *, code: str, status: int, request_id: str | None = None) -> Refused:
    """Return the error of a code; one without a class of its own is a plain Refused."""
    return _BY_CODE.get(code, Refused)(sentence, code=code, status=status, request_id=request_id)
