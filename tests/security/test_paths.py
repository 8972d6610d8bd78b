"""Can two readings of one request lead to two operations? (paths A8, doubled headers B7)

A path is decided once, as it came; an escape is a character of a segment, never a separator; what is no text is
refused. A header that is an input and comes twice has two readings, so it is refused whatever it says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.rest.application import RestApplication
from tests.rest.asgi import RawHeaders, ask
from tests.rest.plans import echo_function, face_of, input_at

FACE = face_of(
    Route("GET", "/", echo_function("root")),
    Route("GET", "/a", echo_function("a")),
    Route("GET", "/a/b", echo_function("ab")),
    Route("GET", "/admin", echo_function("admin")),
    Route("GET", "/users/{id}", echo_function("user", input_at(Place.PATH, "id", required=True))),
    Route("GET", "/users/{id}/keys", echo_function("keys", input_at(Place.PATH, "id", required=True))),
    Route("GET", "/files/{name}.json", echo_function("file", input_at(Place.PATH, "name", required=True))),
    Route(
        "GET",
        "/whoami",
        echo_function("whoami", input_at(Place.HEADER, "tenant", key="x-tenant"), input_at(Place.COOKIE, "session")),
    ),
)


@pytest.fixture
async def application() -> AsyncIterator[RestApplication]:
    upstream = HttpxUpstream()
    records: list[RequestRecord] = []
    yield RestApplication([FACE], Engine(upstream), records.append)
    await upstream.close()


@pytest.mark.parametrize(
    ("target", "status", "function", "value"),
    [
        (b"/a", 200, "a", None),
        (b"/%61", 200, "a", None),
        (b"/a/b", 200, "ab", None),
        (b"/a%2Fb", 404, None, None),
        (b"/a%2fb", 404, None, None),
        (b"/a%252Fb", 404, None, None),
        (b"/a%5Cb", 404, None, None),
        (b"\\a", 404, None, None),
        (b"//a", 404, None, None),
        (b"/a/", 404, None, None),
        (b"/a//b", 404, None, None),
        (b"//a/../b", 404, None, None),
        (b"/a/../admin", 404, None, None),
        (b"/a/./b", 404, None, None),
        (b"/%2e%2e/admin", 404, None, None),
        (b"/A", 404, None, None),
        (b"/a;b", 404, None, None),
        (b"/a;jsessionid=1", 404, None, None),
        (b"/a%3Fb", 404, None, None),
        (b"/a%00", 404, None, None),
        (b"/a%20", 404, None, None),
        (b"/a%ff", 404, None, None),
        (b"/a%", 404, None, None),
        (b"http://evil.example/a", 404, None, None),
        (b"*", 404, None, None),
        (b"/users/5", 200, "user", "5"),
        (b"/users/a%2Fkeys", 200, "user", "a/keys"),
        (b"/users/a%2fkeys", 200, "user", "a/keys"),
        (b"/users/a%2Fb/keys", 200, "keys", "a/b"),
        (b"/users/%2561", 200, "user", "%61"),
        (b"/users/a;b=c", 200, "user", "a;b=c"),
        (b"/users/a%3Fb%23c", 200, "user", "a?b#c"),
        (b"/users/%c3%A9", 200, "user", "é"),
        (b"/users/a+b", 200, "user", "a+b"),
        (b"/users/..%2Fadmin", 200, "user", "../admin"),
        (b"/users/", 404, None, None),
        (b"/users//keys", 404, None, None),
        (b"/users/../admin", 404, None, None),
        (b"/users/%ff", 400, None, "id"),
        (b"/users/%C3", 400, None, "id"),
        (b"/users/%c0%af", 400, None, "id"),
        (b"/users/%ed%a0%80", 400, None, "id"),
        (b"/users/%", 400, None, "id"),
        (b"/users/%4", 400, None, "id"),
        (b"/users/%zz", 400, None, "id"),
        (b"/users/%u0041", 400, None, "id"),
        (b"/users/%00", 400, None, "id"),
        (b"/users/a%00b", 400, None, "id"),
        (b"/users/a%0D%0Ab", 400, None, "id"),
        (b"/users/a%7F", 400, None, "id"),
        (b"/users/\xff", 400, None, "id"),
        (b"/users/%ff/keys", 400, None, "id"),
        (b"/files/%ff.json", 400, None, "name"),
        (b"/files/a%00.json", 400, None, "name"),
        (b"/files/a%2Fb.json", 200, "file", "a/b"),
    ],
)
async def test_a_path_has_one_reading(
    application: RestApplication, target: bytes, status: int, function: str | None, value: str | None
) -> None:
    reply = await ask(application, "GET", target)

    assert reply.status == status
    if status == 200:
        assert reply.json["function"] == function
        assert list(reply.json["arguments"].values()) == ([] if value is None else [value])
    elif status == 400:
        assert (reply.json["code"], [error["field"] for error in reply.json["errors"]]) == ("NK8001", [value])


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ([(b"x-tenant", b"a"), (b"x-tenant", b"b")], "x-tenant"),
        ([(b"x-tenant", b"a"), (b"x-tenant", b"a")], "x-tenant"),
        ([(b"x-tenant", b"a"), (b"x-tenant", b"")], "x-tenant"),
        ([(b"x-tenant", b"\xff\xfe")], "x-tenant"),
        ([(b"cookie", b"session=1; session=2")], "session"),
        ([(b"cookie", b"session=1"), (b"cookie", b"session=2")], "session"),
    ],
)
async def test_a_header_that_comes_twice_is_refused(
    application: RestApplication, headers: RawHeaders, field: str
) -> None:
    reply = await ask(application, "GET", b"/whoami", headers)

    assert (reply.status, reply.json["code"]) == (400, "NK8001")
    assert [error["field"] for error in reply.json["errors"]] == [field]


async def test_an_underscore_is_no_hyphen(application: RestApplication) -> None:
    reply = await ask(application, "GET", b"/whoami", [(b"x_tenant", b"a")])

    assert reply.json["arguments"] == {}


@pytest.mark.parametrize("target", [b"/<script>", b"/users/%00<script>", b"/a?<script>"])
async def test_a_problem_never_repeats_what_was_sent(application: RestApplication, target: bytes) -> None:
    reply = await ask(application, "PATCH" if b"?" in target else "GET", target, [(b"x-request-id", b"<script>")])

    assert reply.status >= 400
    assert b"script" not in reply.body
    assert all(b"script" not in value for _, value in reply.headers)
