"""Any httpx transport can stand behind the port."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from naftiko_runtime.engine.upstream import HttpxUpstream, Limits, ResponseTooLargeError
from naftiko_runtime.errors import DeadlineError, InvocationError, TransportError
from tests.engine.upstream.exchanges import fetch, fetch_streamed, request_for


async def echo(request: Request) -> JSONResponse:
    raw = request.scope["raw_path"].decode()
    body = (await request.body()).decode()
    return JSONResponse({"path": raw, "query": request.url.query, "method": request.method, "body": body})


async def fail(_request: Request) -> JSONResponse:
    raise LookupError("s3cret")


APPLICATION = Starlette(routes=[Route("/fail", fail), Route("/{path:path}", echo, methods=["GET", "POST"])])


async def test_an_application_in_the_same_process_is_an_upstream() -> None:
    upstream = HttpxUpstream(httpx.ASGITransport(APPLICATION))
    request = request_for("http://app/jobs/ft%3Aa%2Fb?a=x%26y&a=2", "POST", content=b"hello")
    fetched = await fetch(upstream, request)
    assert fetched.status == 200
    assert httpx.Response(200, content=fetched.body).json() == {
        "path": "/jobs/ft%3Aa%2Fb",
        "query": "a=x%26y&a=2",
        "method": "POST",
        "body": "hello",
    }
    await upstream.close()


async def test_an_exception_of_the_application_is_a_transport_error_that_tells_its_kind_only() -> None:
    upstream = HttpxUpstream(httpx.ASGITransport(APPLICATION))
    with pytest.raises(TransportError, match=r"the transport to app failed: LookupError$") as caught:
        await fetch(upstream, request_for("http://app/fail"))
    assert caught.value.__context__ is None


async def test_a_mock_transport_is_an_upstream() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"url": str(request.url)}, headers=[("X-A", "1"), ("x-a", "2")])

    fetched = await fetch(HttpxUpstream(httpx.MockTransport(answer)), request_for("http://api/a?b=1"))
    assert (fetched.status, fetched.body) == (201, b'{"url":"http://api/a?b=1"}')
    assert fetched.values("x-a") == ["1", "2"]


async def test_a_mock_answer_is_decoded_like_any_other() -> None:
    packed = httpx.Response(200, content=gzip.compress(b"hello"), headers={"content-encoding": "identity"})
    packed.headers["content-encoding"] = "gzip"
    upstream = HttpxUpstream(httpx.MockTransport(lambda _request: packed))
    assert (await fetch(upstream, request_for("http://api/"))).body == b"hello"


@pytest.mark.parametrize(
    ("raised", "expected", "text"),
    [
        (httpx.ConnectTimeout("s3cret"), DeadlineError, "(connect)"),
        (httpx.ReadTimeout("s3cret"), DeadlineError, "(call)"),
        (TimeoutError("s3cret"), DeadlineError, "(call)"),
        (httpx.ReadError("s3cret"), TransportError, "api broke off or garbled its answer: ReadError"),
        (httpx.LocalProtocolError("s3cret"), TransportError, "the request to api can't be sent"),
        (ValueError("s3cret"), TransportError, "the transport to api failed: ValueError"),
    ],
)
async def test_what_a_transport_raises_becomes_an_error_of_the_port(
    raised: Exception, expected: type[InvocationError], text: str
) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(expected) as caught:
        await fetch(HttpxUpstream(httpx.MockTransport(answer)), request_for("http://api/?key=s3cret"))
    assert text in str(caught.value)
    assert "s3cret" not in str(caught.value)


class Pieces(httpx.AsyncByteStream):
    """A body that waits before its second piece, and complains when it is closed."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        raise OSError("already gone")


async def test_a_transport_that_fails_to_close_an_answer_spoils_nothing() -> None:
    upstream = HttpxUpstream(httpx.MockTransport(lambda _request: httpx.Response(200, stream=Pieces())))
    async with upstream.exchange(request_for("http://api/")) as response:
        assert await anext(aiter(response.stream())) == b"first"


async def test_the_deadline_holds_inside_a_body_of_any_transport() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, stream=Pieces()))
    with pytest.raises(DeadlineError):
        await fetch_streamed(HttpxUpstream(transport, Limits(call=0.1)), request_for("http://api/"))


async def test_the_deadline_never_interrupts_the_consumers_own_code() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, stream=Pieces()))
    consumed: list[bytes] = []

    async def consume_slowly() -> None:
        async with HttpxUpstream(transport, Limits(call=0.1)).exchange(request_for("http://api/")) as response:
            async for piece in response.stream():
                await asyncio.sleep(0.2)
                consumed.append(piece)

    with pytest.raises(DeadlineError):
        await consume_slowly()
    assert consumed == [b"first"]


async def test_an_answer_that_can_only_be_read_synchronously_is_refused() -> None:
    class Synchronous(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"never"

    upstream = HttpxUpstream(httpx.MockTransport(lambda _request: httpx.Response(200, stream=Synchronous())))
    with pytest.raises(TransportError, match="TypeError"):
        await fetch(upstream, request_for("http://api/"))


async def test_the_size_limit_holds_for_any_transport() -> None:
    upstream = HttpxUpstream(
        httpx.MockTransport(lambda _request: httpx.Response(200, content=b"x" * 11)), Limits(body=10)
    )
    with pytest.raises(ResponseTooLargeError):
        await fetch(upstream, request_for("http://api/"))


async def test_closing_closes_the_transport_once() -> None:
    closed: list[bool] = []

    class Counting(httpx.MockTransport):
        async def aclose(self) -> None:
            closed.append(True)

    upstream = HttpxUpstream(Counting(lambda _request: httpx.Response(200)))
    await upstream.close()
    await upstream.close()
    assert closed == [True]


def test_httpx_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, naftiko_runtime.engine.upstream as u; u.HttpxUpstream(); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
