"""Words of a command line, held to the same schema as what comes over the wire."""

from typing import TypeVar

from backend.errors import UsageError

SchemaT = TypeVar("SchemaT")


def checked(schema: type[SchemaT], **values: object) -> SchemaT:
    """Return what the values make, or refuse them by the names of their options."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(schema).validate_python(values)
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise UsageError("; ".join(faults)) from None
