"""The Python client of the bridge: pairs a device, opens sessions, signs requests and checks the answers."""

from bridge.client.answers import Answer, JsonValue
from bridge.client.client import Client, open_device, open_game
from bridge.client.device import Device
from bridge.client.device_file import DeviceFile
from bridge.client.errors import (
    AddressRefused,
    ClientError,
    DeviceFileFailed,
    DigitsDiffer,
    NoAnswer,
    NotKnown,
    NotTheBridge,
    OutOfScope,
    PairingDenied,
    PairingExpired,
    PlaceNotAllowed,
    Refused,
    Revoked,
    TooLarge,
    TooOld,
)
from bridge.client.following.events import Coalesced, Event, Live, Message, Reset, Stale, State, StateEntry
from bridge.client.opening import Whereabouts
from bridge.client.pairing import Asked, Paired, pair

__all__ = [
    "AddressRefused",
    "Answer",
    "Asked",
    "Client",
    "ClientError",
    "Coalesced",
    "Device",
    "DeviceFile",
    "DeviceFileFailed",
    "DigitsDiffer",
    "Event",
    "JsonValue",
    "Live",
    "Message",
    "NoAnswer",
    "NotKnown",
    "NotTheBridge",
    "OutOfScope",
    "Paired",
    "PairingDenied",
    "PairingExpired",
    "PlaceNotAllowed",
    "Refused",
    "Reset",
    "Revoked",
    "Stale",
    "State",
    "StateEntry",
    "TooLarge",
    "TooOld",
    "Whereabouts",
    "open_device",
    "open_game",
    "pair",
]
