"""JSON that means one thing to everybody who reads it (I-JSON, RFC 7493).

Refused beside what is no JSON at all: a name that stands twice in one object, a whole number that a double cannot hold
exactly (beyond 2^53-1), a number too large for a double, a lone surrogate, a byte order mark, and more than 254 levels.
"""

import json
from typing import Final

import orjson

from backend.errors import InvalidRequest
from core_rs import is_plain_json

# Written out, so that a change of the library's own limit turns a test red instead of passing in silence.
MAX_DEPTH: Final = 254
LARGEST_INTEGER: Final = 2**53 - 1
# No whole number beyond 64 bits is shorter. Looking for a run of one and the same digit is ten times quicker than a
# pattern for any digits.
_ALL_ZEROS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_BEYOND_64_BITS: Final = b"0" * 19


def check(body: bytes) -> None:
    """Raise InvalidRequest unless the body is one unambiguous JSON value."""
    # Nearly all bodies are, and at a glance; what follows tells what is wrong with the others, or that nothing is.
    if is_plain_json(body):
        return
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(
            f"The body is not JSON that can be read: the fault is at line {error.lineno}, column {error.colno}."
        ) from None
    try:
        again = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
        if _BEYOND_64_BITS in body.translate(_ALL_ZEROS):
            # These were read as doubles above, which hides that they were written as whole numbers.
            json.loads(body, parse_int=_exact)
    except (TypeError, ValueError):
        raise InvalidRequest(
            f"The body holds a whole number beyond 2^53-1, or is nested more than {MAX_DEPTH} levels deep."
        ) from None
    # Reading keeps the last of two equal names, so each duplicate is at least one string fewer when written again.
    # Counting costs a twentieth of what a parser with a hook for pairs does.
    if _strings(body) != _strings(again):
        raise InvalidRequest("The body holds an object in which one name stands twice.")


def _exact(digits: str) -> int:
    number = int(digits)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError("a double does not hold it")
    return number


def _strings(text: bytes) -> int:
    """Count the quotation marks that begin or end a string in well-formed JSON."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return text.count(b'"')
