"""The query of a request: names and values, each name once."""

from typing import Final
from urllib.parse import parse_qsl

from backend.errors import InvalidRequest

MAX_FIELDS: Final = 64


def read_query(text: str) -> dict[str, str]:
    """Return the names and values, or raise InvalidRequest; `text` is the query as it came."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InvalidRequest(f"The query is not a list of up to {MAX_FIELDS} name=value pairs in UTF-8.") from None
    values = dict(pairs)
    if len(values) != len(pairs):
        raise InvalidRequest("The query has a name that stands twice.")
    return values
