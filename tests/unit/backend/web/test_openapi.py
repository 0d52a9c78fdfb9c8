from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.accounts.tenants.exports.routes import ROUTES as EXPORT_ROUTES
from backend.web.openapi import document
from backend.web.problem import catalogue
from bridge.realtime.routes import ROUTES as REALTIME_ROUTES
from tests.ledger.routes import ROUTES

DOCUMENT: Mapping[str, Any] = orjson.loads(orjson.dumps(document(ROUTES, title="Ledger", version="1.2.3")))
ENTRY = DOCUMENT["paths"]["/api/v1/ledger/accounts/{account}/entries"]


def test_it_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_a_document_with_a_fault_would_be_noticed() -> None:
    broken = {**DOCUMENT, "paths": {"no slash": {"get": {"responses": {}}}}}

    assert [] != list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_every_route_stands_in_it_with_its_permission_rate_class_and_idempotency() -> None:
    described = {
        (path, method): (operation["x-permission"], operation["x-rate-class"], operation["x-idempotent-by"])
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }

    assert {
        (route.path, route.method.lower()): (route.permission, route.rate_class, str(route.idempotent_by or "safe"))
        for route in ROUTES
    } == described


def test_the_order_of_the_routes_does_not_change_a_byte() -> None:
    again = document(reversed(ROUTES), title="Ledger", version="1.2.3")

    assert orjson.dumps(DOCUMENT) == orjson.dumps(again)


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]

    assert len(ROUTES) == len(set(names))


def test_bodies_are_closed_and_carry_their_limits() -> None:
    schema = DOCUMENT["components"]["schemas"]["NewEntry"]

    assert schema["additionalProperties"] is False
    assert ["amount"] == schema["required"]
    assert 2**53 - 1 == schema["properties"]["amount"]["maximum"]


def test_paths_queries_and_the_idempotency_key_are_parameters() -> None:
    read = {(each["in"], each["name"]): each["required"] for each in ENTRY["get"]["parameters"]}
    write = {(each["in"], each["name"]): each["required"] for each in ENTRY["post"]["parameters"]}

    assert {("path", "account"): True, ("query", "limit"): False, ("query", "after"): False} == read
    assert {("path", "account"): True, ("header", "Idempotency-Key"): True} == write


def test_an_edit_takes_if_match_and_what_has_a_version_tells_it() -> None:
    book = DOCUMENT["paths"]["/api/v1/tenants/{tenant_id}/ledger/books/{book_id}"]
    required = {method: {each["name"]: each["required"] for each in book[method]["parameters"]} for method in book}
    tags = {
        method: {status for status, answer in book[method]["responses"].items() if "ETag" in answer.get("headers", {})}
        for method in book
    }

    assert {"get": False, "patch": True, "delete": True} == {
        name: "If-Match" in found for name, found in required.items()
    }
    assert {"get": {"200"}, "patch": {"200"}, "delete": set()} == tags


def test_a_list_takes_a_cursor_and_gives_the_next() -> None:
    books = DOCUMENT["paths"]["/api/v1/tenants/{tenant_id}/ledger/books"]["get"]

    assert {"tenant_id", "limit", "cursor", "class_id"} == {each["name"] for each in books["parameters"]}
    assert "next" in DOCUMENT["components"]["schemas"]["BooksShown"]["required"]


def test_what_is_public_needs_nothing_what_is_signed_a_signature_and_all_else_a_cookie_or_a_bearer() -> None:
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    needed = {operation["operationId"]: [*map(list, operation["security"])] for operation in operations}
    special: dict[str, list[list[str]]] = {"public": [], "signed": [["signature"]]}
    permissions = {operation["operationId"]: operation["x-permission"] for operation in operations}

    assert special.keys() <= set(permissions.values())
    assert {name: special.get(permissions[name], [["signin"], ["key"]]) for name in needed} == needed


def test_a_signed_route_says_which_scopes_it_takes_and_that_a_change_has_a_key() -> None:
    notes = DOCUMENT["paths"]["/v1/ledger/notes"]

    assert [["sync"], ["sync"]] == [notes[method]["x-scopes"] for method in ("get", "post")]
    names = {method: [each["name"] for each in notes[method].get("parameters", ())] for method in ("get", "post")}
    assert {"get": ["limit"], "post": ["Idempotency-Key"]} == names
    assert {"signin", "key", "signature", "ticket"} == DOCUMENT["components"]["securitySchemes"].keys()


def test_a_route_that_takes_a_signature_or_a_ticket_beside_says_so() -> None:
    described = document(REALTIME_ROUTES, title="Channels", version="1.2.3")
    OpenAPIV31SpecValidator(orjson.loads(orjson.dumps(described))).validate()
    paths: Any = described["paths"]
    methods = {path: next(iter(paths[path])) for path in paths}
    needed = {path: [[*each] for each in paths[path][method]["security"]] for path, method in methods.items()}

    callers = [["signin"], ["key"], ["signature"]]
    assert {
        "/v1/stream": [[], ["signature"], ["ticket"]],
        "/v1/events": [*callers, ["ticket"]],
        "/v1/updates": callers,
        "/v1/state": callers,
        "/v1/presence": callers,
        "/v1/streams/{stream_id}/extend": [["signature"]],
    } == needed
    streams = {path for path, method in methods.items() if paths[path][method].get("x-streams")}
    assert {"/v1/stream", "/v1/events"} == streams
    assert [] == paths["/v1/events"]["get"]["x-scopes"]


def test_what_is_only_a_parameter_is_no_schema_of_a_body() -> None:
    assert {"AccountPath", "Page"}.isdisjoint(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_operation_may_answer_with_a_problem_of_the_catalogue(method: str) -> None:
    assert {"$ref": "#/components/responses/Problem"} == ENTRY[method]["responses"]["default"]
    assert list(catalogue()) == DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]


def test_bytes_that_are_no_json_are_told_with_what_they_are() -> None:
    described = document(EXPORT_ROUTES, title="Exports", version="1.2.3")
    OpenAPIV31SpecValidator(orjson.loads(orjson.dumps(described))).validate()
    (path,) = (each for each in EXPORT_ROUTES if each.content_type is not None)
    operation: Any = described["paths"]
    answer = operation[path.path]["get"]["responses"]["200"]

    assert {"application/zip": {"schema": {"type": "string", "format": "binary"}}} == answer["content"]


def test_an_answer_without_a_body_has_no_content() -> None:
    audit = DOCUMENT["paths"]["/api/v1/ledger/audit"]["get"]

    assert {"description": "No Content"} == audit["responses"]["204"]
