"""Links lead from what was made to what may be asked of it, with every id in its place."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from backend.accounts.routes import ROUTES
from backend.web.openapi import document
from backend.web.openapi_links import id_in

PATHS: dict[str, Any] = orjson.loads(orjson.dumps(document(ROUTES, title="Accounts", version="1")))["paths"]
IN_TENANT = "/api/v1/tenants/{tenant_id}/"
KEYS = "/api/v1/tenants/{tenant_id}/api-keys"
OPERATIONS = {operation["operationId"]: operation for methods in PATHS.values() for operation in methods.values()}
LINKS = [
    link
    for operation in OPERATIONS.values()
    for answer in operation["responses"].values()
    for link in answer.get("links", {}).values()
]


@dataclass(frozen=True)
class Shown:
    id: str
    name: str


@dataclass(frozen=True)
class Wrapped:
    shown: Shown
    text: str | None


@dataclass(frozen=True)
class Two:
    one: Shown
    other: Shown


def test_what_was_made_is_asked_for_by_its_id() -> None:
    links = PATHS[KEYS]["post"]["responses"]["201"]["links"]

    assert {"path.tenant_id": "$request.path.tenant_id", "path.key_id": "$response.body#/api_key/id"} == (
        links["get_api_v1_tenants_tenant_id_api_keys_key_id"]["parameters"]
    )
    assert {"get", "delete", "post"} == {name.partition("_")[0] for name in links}


def test_a_repeat_leads_nowhere_of_its_own() -> None:
    assert "links" not in PATHS[KEYS]["post"]["responses"]["200"]


def test_a_change_names_the_version_that_was_read() -> None:
    tenant = PATHS["/api/v1/tenants/{tenant_id}"]["get"]["responses"]["200"]["links"]

    assert "$response.header.ETag" == tenant["patch_api_v1_tenants_tenant_id"]["parameters"]["header.If-Match"]


def test_every_link_names_all_that_its_operation_needs_and_nothing_else() -> None:
    for link in LINKS:
        parameters = OPERATIONS[link["operationId"]]["parameters"]
        known = {f"{each['in']}.{each['name']}" for each in parameters}
        needed = {f"path.{each['name']}" for each in parameters if each["in"] == "path"}
        needed |= {"header.If-Match"} & known

        assert needed == link["parameters"].keys(), link


def test_there_are_links_for_each_thing_that_is_made_in_a_tenant() -> None:
    lists = [
        methods for path, methods in PATHS.items() if path.startswith(IN_TENANT) and methods.keys() >= {"get", "post"}
    ]
    made = [methods["post"]["responses"]["201"] for methods in lists if "201" in methods["post"]["responses"]]

    assert len(made) >= 4
    assert all("links" in answer for answer in made)


@pytest.mark.parametrize(
    ("kind", "pointer"),
    [(Shown, "/id"), (Wrapped, "/shown/id"), (Two, None), (bytes, None), (None, None)],
)
def test_an_id_is_found_where_there_is_one(kind: type | None, pointer: str | None) -> None:
    assert pointer == id_in(kind)
