from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.policy import (
    Access,
    BasicAccess,
    BearerAccess,
    DigestAccess,
    Key,
    KeyAccess,
    OAuthAccess,
)
from naftiko_runtime.rest.openapi import About, Exposed, openapi
from naftiko_runtime.spec.load import read_text
from tests.rest.plans import calling_function, echo_function, input_at

_ABOUT = About("Hand", "1", "", "")

CAPABILITY = """
naftiko: 1.0.0-alpha2
info: {label: Desk}
capability:
  consumes:
  - namespace: desk
    type: http
    baseUri: http://127.0.0.1:9/v1
    resources:
    - name: bookings
      path: /bookings/{booking-id}
      operations:
      - name: amend
        method: PATCH
        inputParameters:
        - {name: booking-id, in: path, type: string, description: Which one.}
        - {name: notify, in: query, type: boolean}
        - {name: berths, in: body, type: integer, required: true}
        - {name: note, in: body, type: string, description: Free text.}
  exposes:
  - type: rest
    port: 8080
    namespace: front
    resources:
    - name: bookings
      path: /bookings/{booking-id}
      operations:
      - {name: amend, method: PATCH, call: desk.amend, description: Change a booking.}
"""


def document_of(*routes: Route, about: About = _ABOUT) -> dict[str, Any]:
    return openapi(about, [Exposed("hand", route.path, route) for route in routes])


def operation_of(*inputs: Any) -> dict[str, Any]:
    described: dict[str, Any] = document_of(Route("POST", "/a/{id}", echo_function("echo", *inputs)))
    operation: dict[str, Any] = described["paths"]["/a/{id}"]["post"]
    return operation


def derived() -> dict[str, Any]:
    plan = compile_plan(read_text(CAPABILITY, "desk.yaml"), None).plan
    assert plan is not None
    return document_of(*plan.rest[0].routes)


def test_a_document_of_derived_inputs_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(derived()).validate()


def test_derived_inputs_stand_where_callers_give_them() -> None:
    operation = derived()["paths"]["/bookings/{booking-id}"]["patch"]
    assert [(item["name"], item["in"], item.get("required", False)) for item in operation["parameters"]] == [
        ("booking-id", "path", True),
        ("notify", "query", False),
    ]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert (set(body["properties"]), body["required"]) == ({"berths", "note"}, ["berths"])
    assert body["properties"]["note"]["description"] == "Free text."


def test_a_placeholder_that_nothing_reads_is_a_parameter_all_the_same() -> None:
    assert operation_of()["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]


@pytest.mark.parametrize("place", [Place.QUERY, Place.HEADER, Place.COOKIE])
def test_an_input_beside_the_path_is_a_parameter_under_its_key(place: Place) -> None:
    parameter = operation_of(input_at(place, "size", key="page-size", schema={"type": "integer"}))["parameters"][1]
    assert parameter == {"name": "page-size", "in": place.value, "schema": {"type": "integer"}}


def test_a_whole_document_is_the_request_body() -> None:
    body = operation_of(input_at(Place.DOCUMENT, "body", schema={"type": "array"}, required=True))["requestBody"]
    assert body == {"required": True, "content": {"application/json": {"schema": {"type": "array"}}}}


def test_a_result_that_passes_as_it_is_has_any_type() -> None:
    described = document_of(Route("GET", "/raw", calling_function("raw", "http://127.0.0.1:9")))
    assert described["paths"]["/raw"]["get"]["responses"]["2XX"]["content"] == {"*/*": {}}


def test_paths_that_differ_in_the_names_of_placeholders_are_one_path() -> None:
    routes = (
        Route("GET", "/a/{id}/b/{x}.json", echo_function("get")),
        Route("PUT", "/a/{key}/b/{y}.json", echo_function("put")),
    )
    described = document_of(*routes)
    OpenAPIV31SpecValidator(described).validate()
    assert list(described["paths"]) == ["/a/{id}/b/{x}.json"]
    assert [item["name"] for item in described["paths"]["/a/{id}/b/{x}.json"]["put"]["parameters"]] == ["id", "x"]


@pytest.mark.parametrize(
    ("rows", "identifiers"),
    [
        ([("a", "GET", "read"), ("a", "PUT", "write")], ["read", "write"]),
        ([("a", "GET", "read"), ("b", "PUT", "read")], ["a.read", "b.read"]),
        ([("a", "GET", "read"), ("a", "PUT", "read")], ["GET /x", "PUT /x"]),
    ],
)
def test_an_operation_id_is_as_short_as_it_can_be_alone(
    rows: Sequence[tuple[str, str, str]], identifiers: list[str]
) -> None:
    exposed = [Exposed(space, "/x", Route(method, "/x", echo_function(name))) for space, method, name in rows]
    methods = openapi(_ABOUT, exposed)["paths"]["/x"]
    assert [item["operationId"] for item in methods.values()] == identifiers


def test_a_description_and_a_default_are_told() -> None:
    item = replace(input_at(Place.QUERY, "size"), description="How many.", default=5, has_default=True)
    parameter = operation_of(item)["parameters"][1]
    assert (parameter["description"], parameter["schema"]["default"]) == ("How many.", 5)


@pytest.mark.parametrize(
    "spec", sorted((Path(__file__).parents[2] / "specs").glob("*.yaml")), ids=lambda path: path.name
)
def test_every_example_has_a_valid_document(spec: Path) -> None:
    plan = compile_plan(read_text(spec.read_text(), spec.name, folder=spec.parent), None).plan
    assert plan is not None
    for face in plan.rest:
        OpenAPIV31SpecValidator(document_of(*face.routes, about=About("x", "1", "About.", "/here"))).validate()


def test_inputs_below_a_field_of_the_body_are_described_there() -> None:
    def below(name: str, *within: str, required: bool = False) -> Any:
        return replace(input_at(Place.BODY, name, key="user", required=required), within=within)

    inputs = (below("id", "id", required=True), below("name", "name", required=True), below("city", "home", "city"))
    route = Route("POST", "/users", echo_function("create", *inputs))
    document = document_of(route)
    body = document["paths"]["/users"]["post"]["requestBody"]

    OpenAPIV31SpecValidator(document).validate()
    assert body["required"]
    schema = body["content"]["application/json"]["schema"]
    assert (schema["required"], schema["properties"]["user"]["required"]) == (["user"], ["id", "name"])
    assert list(schema["properties"]["user"]["properties"]) == ["id", "name", "home"]
    assert list(schema["properties"]["user"]["properties"]["home"]["properties"]) == ["city"]


DIGEST = DigestAccess("ada", "desk", "secret", b"seed")
OAUTH = OAuthAccess("https://login.example", "https://desk.example", "desk", ("read", "write"), None)


def token_told(words: str) -> dict[str, Any]:
    description = f"An access token of https://login.example for desk.{words}"
    return {"desk": {"type": "http", "scheme": "bearer", "description": description}}


@pytest.mark.parametrize(
    ("access", "schemes"),
    [
        (BearerAccess(b""), {"desk": {"type": "http", "scheme": "bearer"}}),
        (BasicAccess(b""), {"desk": {"type": "http", "scheme": "basic"}}),
        (DIGEST, {"desk": {"type": "http", "scheme": "digest"}}),
        (
            KeyAccess((Key("x-key", False, b""), Key("key", True, b""))),
            {
                "desk.x-key": {"type": "apiKey", "in": "header", "name": "x-key"},
                "desk.key": {"type": "apiKey", "in": "query", "name": "key"},
            },
        ),
        (OAUTH, token_told(" It has the scopes read, write.")),
        (replace(OAUTH, scopes=()), token_told("")),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_callers_are_asked_for_is_told(access: Access, schemes: dict[str, Any]) -> None:
    described = openapi(_ABOUT, [Exposed("desk", "/x", Route("GET", "/x", echo_function("x")), access)])
    OpenAPIV31SpecValidator(described).validate()
    assert described["components"]["securitySchemes"] == schemes
    assert described["paths"]["/x"]["get"]["security"] == [{name: [] for name in schemes}]
