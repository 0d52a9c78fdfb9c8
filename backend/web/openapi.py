"""OpenAPI 3.1 from the same records that the router and the checks use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from backend.web import mutation, problem
from backend.web.credentials import SIGNIN_COOKIE
from backend.web.openapi_links import links
from backend.web.route import PUBLIC, IdempotentBy, Route

OPENAPI: Final = "3.1.1"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TAG: Final = {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,15})"$'}
_REFERENCE: Final = "#/components/schemas/{model}"

# Either is enough.
_SCHEMES: Final = {
    "signin": {
        "type": "apiKey",
        "in": "cookie",
        "name": SIGNIN_COOKIE,
        "description": "The sign-in of a person; a change also needs the Origin of this bridge.",
    },
    "key": {"type": "http", "scheme": "bearer", "description": "The key of a program; never together with a cookie."},
}
_SIGNATURE: Final = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "A signature of the session that asks, beside Signature-Input and Content-Digest"
        " (the bridge protocol, docs/protocol.md); x-scopes are the scopes that the session has to have.",
    }
}

_TICKET: Final = {
    "ticket": {
        "type": "apiKey",
        "in": "query",
        "name": "ticket",
        "description": "A ticket of a session for this one request (POST /v1/tickets), for a client that can set"
        " no headers.",
    }
}

Document = dict[str, object]
_Key = tuple[type, JsonSchemaMode]


class _ClosedSchema(GenerateJsonSchema):
    """Says what the reader does: a name that is not listed is refused."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        return super().dataclass_schema(schema) | {"additionalProperties": False}


def document(routes: Iterable[Route], *, title: str, version: str) -> Document:
    """Describe the routes, in the order of their paths and methods."""
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    schemas = _Schemas(ordered)
    paths: dict[str, Document] = {}
    for route in ordered:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, ordered)
    return {
        "openapi": OPENAPI,
        "jsonSchemaDialect": DIALECT,
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Problem": _problem_schema()},
            "responses": {
                "Problem": {
                    "description": "An error: a stable code and one sentence that a person can act on.",
                    "content": {problem.CONTENT_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
                }
            },
            "securitySchemes": {**_SCHEMES, **_SIGNATURE, **_TICKET},
        },
    }


class _Schemas:
    """The JSON schemas of all routes, each named once."""

    def __init__(self, routes: list[Route]) -> None:
        bodies = {(route.request, "validation"): None for route in routes if route.request is not None}
        answers = {
            (kind, "serialization"): None
            for route in routes
            for kind in route.answers.values()
            if kind is not None and kind is not bytes
        }
        texts = {
            (kind, "validation"): None for route in routes for kind in (route.query, route.params) if kind is not None
        }
        keys: list[_Key] = [*bodies, *answers, *texts]  # type: ignore[list-item]
        made, shared = TypeAdapter.json_schemas(
            [(index, mode, TypeAdapter(kind)) for index, (kind, mode) in enumerate(keys)],
            ref_template=_REFERENCE,
            schema_generator=_ClosedSchema,
        )
        self._made = {key: made[index, key[1]] for index, key in enumerate(keys)}
        every: dict[str, JsonSchemaValue] = shared.get("$defs", {})
        self._every = every
        only_texts = {self._name(key) for key in keys[len(bodies) + len(answers) :]}
        only_texts -= {self._name(key) for key in keys[: len(bodies) + len(answers)]}
        self.components = {name: every[name] for name in sorted(every.keys() - only_texts)}

    def body(self, kind: type) -> JsonSchemaValue:
        return self._made[kind, "validation"]

    def answer(self, kind: type) -> JsonSchemaValue:
        return {"type": "object"} if kind is bytes else self._made[kind, "serialization"]

    def parameters(self, kind: type | None, place: str) -> Iterator[Document]:
        """Spell a query or the named segments out, one parameter a field."""
        if kind is None:
            return
        schema = self._every[self._name((kind, "validation"))]
        required = schema.get("required", ())
        for name, value in schema.get("properties", {}).items():
            yield {"name": name, "in": place, "required": name in required, "schema": value}

    def _name(self, key: _Key) -> str:
        return str(self._made[key]["$ref"]).rpartition("/")[2]


def _operation(route: Route, schemas: _Schemas, routes: Sequence[Route]) -> Document:
    operation: Document = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "x-permission": route.permission,
        "x-rate-class": route.rate_class,
        "x-idempotent-by": str(route.idempotent_by or IdempotentBy.SAFE),
        "security": _security(route),
    }
    scopes = route.also_signed if route.signed is None else route.signed
    if scopes is not None:
        operation["x-scopes"] = list(scopes)
    if route.streams:
        operation["x-streams"] = True
    parameters = [*schemas.parameters(route.params, "path"), *schemas.parameters(route.query, "query")]
    if route.idempotent_by is IdempotentBy.KEY or (route.signed is not None and route.method != "GET"):
        parameters.append(_key_parameter())
    if route.idempotent_by is IdempotentBy.VERSION:
        parameters.append(_version_parameter())
    if parameters:
        operation["parameters"] = parameters
    if route.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.body(route.request)}},
        }
    operation["responses"] = {
        **{str(status): _answer(route, status, schemas, routes) for status in sorted(route.answers)},
        "default": {"$ref": "#/components/responses/Problem"},
    }
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.signed is not None:
        return [{name: []} for name in _SIGNATURE]
    schemes = [] if route.permission == PUBLIC else [*_SCHEMES]
    schemes += [*_SIGNATURE] if route.also_signed is not None else []
    schemes += [*_TICKET] if route.takes_tickets else []
    needed: list[dict[str, list[str]]] = [{name: []} for name in schemes]
    # Of a public route, what it takes beside may be left out.
    return [{}, *needed] if needed and route.permission == PUBLIC else needed


def _answer(route: Route, status: int, schemas: _Schemas, routes: Sequence[Route]) -> Document:
    kind = route.answers[status]
    described: Document = {"description": HTTPStatus(status).phrase}
    if kind is bytes and route.content_type is not None:
        described["content"] = {route.content_type: {"schema": {"type": "string", "format": "binary"}}}
    elif kind is not None:
        described["content"] = {"application/json": {"schema": schemas.answer(kind)}}
        if route.versioned:
            described["headers"] = {"ETag": {"required": True, "description": "Its version.", "schema": _TAG}}
    leads_to = {
        _operation_id(other): {"operationId": _operation_id(other), "parameters": values}
        for other, values in links(route, status, routes)
    }
    return described | {"links": leads_to} if leads_to else described


def _operation_id(route: Route) -> str:
    words = route.path.replace("{", "").replace("}", "").replace(".", "_").replace("-", "_").split("/")
    return "_".join([route.method.lower(), *(word for word in words if word)])


def _key_parameter() -> Document:
    return {
        "name": str(mutation.IDEMPOTENCY_KEY),
        "in": "header",
        "required": True,
        "description": "A new one for each thing to do, the same when it is sent again.",
        "schema": {"type": "string", "pattern": mutation.KEY_PATTERN},
    }


def _version_parameter() -> Document:
    return {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of what the caller has read; another version is not changed.",
        "schema": _TAG,
    }


def _problem_schema() -> Mapping[str, object]:
    text = {"type": "string"}
    return {
        "title": "Problem",
        "type": "object",
        "additionalProperties": False,
        "required": ["title", "status", "code", "detail", "request_id"],
        "properties": {
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": list(problem.catalogue())},
            "detail": text,
            "request_id": text,
            "next": {"type": "integer"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["path", "message"],
                    "properties": {"path": text, "message": text},
                },
            },
        },
    }
