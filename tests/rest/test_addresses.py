"""Where the routes of a listener are found: bare, below their namespace, below a mount."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from tests.rest.asgi import ask, scope_of
from tests.rest.conftest import Serve
from tests.rest.plans import echo_function, face_of, input_at

LIST = Route("GET", "/jobs", echo_function("list"))
GET = Route("GET", "/jobs/{id}", echo_function("get", input_at(Place.PATH, "id", required=True)))
CREATE = Route("POST", "/jobs", echo_function("create"))


async def test_a_face_is_also_found_below_its_namespace(serve: Serve) -> None:
    red = face_of(Route("GET", "/jobs", echo_function("red")), namespace="red")
    blue = face_of(
        Route("GET", "/jobs", echo_function("blue")), Route("GET", "/", echo_function("home")), namespace="blue"
    )
    application = serve(red, blue)

    found = {
        path: (await ask(application, "GET", path)).json["function"] for path in (b"/jobs", b"/red/jobs", b"/blue/jobs")
    }
    assert found == {b"/jobs": "red", b"/red/jobs": "red", b"/blue/jobs": "blue"}
    assert [(item.namespace, item.address, item.holder.namespace) for item in application.shadowed] == [
        ("blue", "/jobs", "red")
    ]


@pytest.mark.parametrize("path", [b"/", b"/blue/", b"/blue"])
async def test_a_route_of_the_root_is_found_below_its_namespace(serve: Serve, path: bytes) -> None:
    home = face_of(Route("GET", "/", echo_function("home")), namespace="blue")

    assert (await ask(serve(home), "GET", path)).json["function"] == "home"


async def test_a_declared_path_wins_over_a_prefixed_one(serve: Serve) -> None:
    face = face_of(
        Route("GET", "/jobs", echo_function("bare")), Route("GET", "v1/jobs", echo_function("v1")), namespace="v1"
    )

    assert (await ask(serve(face), "GET", b"/v1/jobs")).json["function"] == "v1"


@pytest.mark.parametrize(
    ("raw_path", "methods"),
    [
        (b"/jobs", ("GET", "HEAD", "OPTIONS", "POST")),
        (b"/hand/jobs/5", ("GET", "HEAD", "OPTIONS")),
        (b"/mcp", ()),
    ],
)
def test_a_host_can_ask_whose_path_it_is(serve: Serve, raw_path: bytes, methods: tuple[str, ...]) -> None:
    assert serve(LIST, GET, CREATE).find(raw_path) == methods


async def test_a_server_may_leave_the_raw_path_out_or_keep_the_query_in_it(serve: Serve) -> None:
    without = scope_of("GET", b"/jobs/a b", [])
    del without["raw_path"]
    whole = scope_of("GET", b"/jobs/5", [])
    whole["raw_path"] = b"/jobs/5?x=1"

    assert (await ask(serve(GET), "GET", b"", scope=without)).json["arguments"] == {"id": "a b"}
    assert (await ask(serve(GET), "GET", b"", scope=whole)).json["arguments"] == {"id": "5"}
