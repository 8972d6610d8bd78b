from __future__ import annotations

from dataclasses import replace
from typing import Any

from naftiko_runtime.asgi.mount import unmounted
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.rest.application import RestApplication
from tests.records import Records
from tests.rest.asgi import ask, scope_of
from tests.rest.conftest import Serve
from tests.rest.plans import echo_function, face_of, function_of, input_at

LIST = Route("GET", "/jobs", echo_function("list"))
GET = Route("GET", "/jobs/{id}", echo_function("get", input_at(Place.PATH, "id", required=True)))


async def document(application: Any, target: bytes, mount: str = "") -> Any:
    scope = unmounted(scope_of("GET", target, []), target.decode(), target, mount)
    reply = await ask(application, "GET", target, scope=scope)
    assert (reply.status, reply.header("content-type")) == (200, "application/json")
    return reply.json


async def test_a_listener_describes_all_its_operations(serve: Serve) -> None:
    described = await document(serve(LIST, GET), b"/openapi.json")
    assert list(described["paths"]) == ["/jobs", "/jobs/{id}"]
    assert described["info"]["title"] == "by-hand"


async def test_each_namespace_describes_its_own_below_itself(serve: Serve) -> None:
    application = serve(face_of(LIST, namespace="a"), face_of(GET, namespace="b"))
    described = await document(application, b"/b/openapi.json")
    assert (list(described["paths"]), described["servers"]) == (["/jobs/{id}"], [{"url": "/b"}])


async def test_an_address_that_another_adapter_has_is_described_below_its_namespace(serve: Serve) -> None:
    application = serve(face_of(LIST, namespace="a"), face_of(LIST, namespace="b"))
    described = await document(application, b"/openapi.json")
    assert list(described["paths"]) == ["/jobs", "/b/jobs"]


async def test_an_operation_that_is_reached_nowhere_is_not_described(serve: Serve) -> None:
    taking = Route("GET", "/b/jobs", echo_function("other"))
    application = serve(face_of(LIST, taking, namespace="a"), face_of(LIST, namespace="b"))
    described = await document(application, b"/openapi.json")
    assert list(described["paths"]) == ["/jobs", "/b/jobs"]


async def test_an_operation_that_was_left_out_is_not_described(serve: Serve) -> None:
    left_out = Route("PUT", "/jobs", function_of("put", Refused("NK4001", "no such input", "by-hand.yaml:1:1")))
    application = serve(replace(face_of(LIST), left_out=(left_out,)))
    described = await document(application, b"/openapi.json")
    assert list(described["paths"]["/jobs"]) == ["get"]


async def test_a_mounted_listener_says_where_it_is_mounted(serve: Serve) -> None:
    application = serve(LIST)
    described = await document(application, b"/hand/openapi.json", "/caps")
    assert described["servers"] == [{"url": "/caps/hand"}]
    described = await document(application, b"/openapi.json", "/caps")
    assert described["servers"] == [{"url": "/caps"}]
    assert (await document(application, b"/openapi.json"))["servers"] == [{"url": "/"}]


async def test_the_page_for_people_and_the_document_are_of_one_mind(serve: Serve) -> None:
    application = serve(LIST)
    described = await document(application, b"/openapi.json")
    page = await ask(application, "GET", b"/docs")
    assert all(f"GET {path}".encode() in page.body for path in described["paths"])


async def test_the_page_for_people_shows_operations_and_inputs_and_escapes_them(serve: Serve) -> None:
    item = replace(input_at(Place.BODY, "note"), description="<script>alert(1)</script>")
    whole = Route(
        "PUT", "/all", echo_function("all", input_at(Place.DOCUMENT, "body", schema={"type": ["object", "array"]}))
    )
    reply = await ask(serve(GET, Route("POST", "/jobs", echo_function("create", item)), whole), "GET", b"/docs")
    page = reply.body.decode()
    assert reply.header("content-type") == "text/html; charset=utf-8"
    assert "<code>GET /jobs/{id}</code>" in page
    assert "<code>id</code> <small>path, string, required</small>" in page
    assert "<code>the body</code> <small>JSON, object or array</small>" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "default-src 'none'" in (reply.header("content-security-policy") or "")


async def test_a_path_that_a_spec_claims_stays_the_specs(serve: Serve) -> None:
    claimed = Route("GET", "/openapi.json", echo_function("own"))
    reply = await ask(serve(claimed, Route("POST", "/docs", echo_function("post"))), "GET", b"/openapi.json")
    assert reply.json["function"] == "own"
    reply = await ask(serve(claimed, Route("POST", "/docs", echo_function("post"))), "GET", b"/docs")
    assert reply.status == 405


async def test_a_page_answers_no_other_method(serve: Serve) -> None:
    reply = await ask(serve(LIST), "POST", b"/docs")
    assert (reply.status, reply.header("allow")) == (405, "GET, HEAD, OPTIONS")


async def test_a_listener_without_rest_adapters_has_no_pages(engine: Engine, records: Records) -> None:
    assert (await ask(RestApplication([], engine, records.observe), "GET", b"/docs")).status == 404


async def test_a_page_is_recorded_under_its_path(serve: Serve, records: Records) -> None:
    await ask(serve(LIST), "HEAD", b"/hand/docs")
    assert (records[0].operation, records[0].status) == ("HEAD /hand/docs", 200)
