"""What comes back is what the upstream said, decoded."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable

import pytest

from naftiko_runtime.engine.upstream import HttpxUpstream, ReqwestUpstream, Upstream
from naftiko_runtime.errors import TransportError
from tests.engine.upstream.exchanges import Fetch, fetch, fetch_streamed, request_for
from tests.engine.upstream.server import Server, Wire, answer

LARGE = bytes(range(256)) * 2000
BROTLI = b"\x0b\x02\x80hello\x03"
ZSTD = b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello"


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("body", [b"", b"ok", b"x" * 65535, b"x" * 65536, b"x" * 65537, LARGE])
async def test_a_body_arrives_whole(upstream: Upstream, server: Server, body: bytes, fetching: Fetch) -> None:
    server.answer = answer(body=body)
    assert (await fetching(upstream, request_for(server.url + "/"))).body == body


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
async def test_a_chunked_body_arrives_whole(upstream: Upstream, server: Server, fetching: Fetch) -> None:
    chunks = b"5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nx-trailer: 1\r\n\r\n"
    server.answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks
    assert (await fetching(upstream, request_for(server.url + "/"))).body == b"hello world"


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("body", [b"", b"ok", b"x" * 65536, LARGE])
async def test_a_body_that_is_wanted_at_once_arrives_whole(
    upstream: Upstream, server: Server, body: bytes, fetching: Fetch
) -> None:
    server.answer = answer(body=body)
    assert (await fetching(upstream, request_for(server.url + "/")._replace(at_once=True))).body == body


@pytest.mark.parametrize("coding", [None, "x-gzip"])
async def test_what_is_wanted_at_once_comes_piece_by_piece(
    upstream: Upstream, server: Server, coding: str | None
) -> None:
    asked = asyncio.Queue[None]()
    feed = zlib.compressobj(wbits=31) if coding else None

    async def events(wire: Wire) -> None:
        named = f"content-encoding: {coding}\r\n" if coding else ""
        wire.writer.write(f"HTTP/1.1 200 OK\r\n{named}connection: close\r\n\r\n".encode())
        for piece in (b"one", b"two", b"end"):
            await wire.writer.drain()
            await asked.get()
            wire.writer.write(piece if feed is None else feed.compress(piece) + feed.flush(zlib.Z_SYNC_FLUSH))
        wire.writer.write(feed.flush() if feed is not None else b"")
        wire.writer.close()

    server.answer = events
    async with upstream.exchange(request_for(server.url + "/")._replace(at_once=True)) as response:
        assert response.status == 200
        pieces = response.stream()
        for piece in (b"one", b"two", b"end"):
            # The upstream says nothing more before it was heard.
            asked.put_nowait(None)
            assert await _next(pieces) == piece
        assert [piece async for piece in pieces if piece] == []


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    while not (piece := await anext(pieces)):
        pass
    return piece


async def test_a_body_without_a_length_ends_with_the_connection(upstream: Upstream, server: Server) -> None:
    server.answer, server.hang_up = b"HTTP/1.0 200 OK\r\n\r\nuntil the end", True
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"until the end"


@pytest.mark.parametrize("status", [200, 201, 206, 299, 400, 404, 418, 429, 500, 503, 599])
async def test_every_status_is_an_answer_and_not_an_error(upstream: Upstream, server: Server, status: int) -> None:
    server.answer = answer(status=f"{status} Whatever", body=b"said")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    assert (fetched.status, fetched.body) == (status, b"said")


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_a_status_without_a_body_has_none(upstream: Upstream, server: Server, status: str) -> None:
    server.answer = f"HTTP/1.1 {status}\r\netag: x\r\n\r\n".encode()
    for _again in range(2):
        fetched = await fetch(upstream, request_for(server.url + "/"))
        assert (fetched.status, fetched.body) == (int(status[:3]), b"")
        assert fetched.values("etag") == ["x"]


async def test_head_has_the_headers_of_a_body_and_no_body(upstream: Upstream, server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n"
    fetched = await fetch(upstream, request_for(server.url + "/", "HEAD"))
    assert (fetched.body, fetched.values("content-length")) == (b"", ["5000000000"])


async def test_interim_answers_are_skipped(upstream: Upstream, server: Server) -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    server.answer = interim + answer("x-final: 1", body=b"ok")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    assert (fetched.status, fetched.body, fetched.values("link")) == (200, b"ok", [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_is_not_followed(upstream: Upstream, server: Server, status: int) -> None:
    server.answer = answer(f"location: {server.url}/elsewhere", status=f"{status} Moved")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    assert fetched.status == status
    assert fetched.values("location") == [f"{server.url}/elsewhere"]
    assert [request.target for request in server.requests] == ["/"]


async def test_a_cookie_is_told_and_not_kept(upstream: Upstream, server: Server) -> None:
    server.answer = answer("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Path=/", body=b"ok")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    await fetch(upstream, request_for(server.url + "/"))
    assert fetched.values("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert server.last.values("cookie") == []


async def test_header_names_are_lower_case_and_repeats_keep_their_order(upstream: Upstream, server: Server) -> None:
    server.answer = answer("X-First: 1", "LINK: </b>", "Link: </a>", "X-Last: a, b", body=b"ok")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    assert fetched.headers == [
        ("x-first", "1"),
        ("link", "</b>"),
        ("link", "</a>"),
        ("x-last", "a, b"),
        ("content-length", "2"),
    ]


async def test_a_header_beyond_ascii_is_left_out_and_spoils_nothing_else(upstream: Upstream, server: Server) -> None:
    server.answer = answer("x-a: 1", "x-name: é", "x-name: plain", "x-b: 2", body=b"ok")
    fetched = await fetch(upstream, request_for(server.url + "/"))
    assert fetched.headers == [("x-a", "1"), ("x-b", "2"), ("content-length", "2")]
    assert fetched.body == b"ok"


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("body", [b"hello", b"", LARGE])
@pytest.mark.parametrize(
    ("coding", "encode"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)],
)
async def test_a_coded_body_is_decoded_and_its_headers_describe_it(
    upstream: Upstream, server: Server, coding: str, encode: Callable[[bytes], bytes], body: bytes, fetching: Fetch
) -> None:
    server.answer = answer(f"Content-Encoding: {coding}", "x-a: 1", body=encode(body))
    fetched = await fetching(upstream, request_for(server.url + "/"))
    assert fetched.body == body
    assert fetched.headers == [("x-a", "1")]


async def test_gzip_is_asked_for(upstream: Upstream, server: Server) -> None:
    await fetch(upstream, request_for(server.url + "/"))
    assert "gzip" in server.last.values("accept-encoding")[0]


async def test_identity_is_no_coding(upstream: Upstream, server: Server) -> None:
    server.answer = answer("content-encoding: identity", body=b"ok")
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"ok"


async def test_an_empty_body_may_claim_a_coding(upstream: Upstream, server: Server) -> None:
    server.answer = answer("content-encoding: gzip")
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b""


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"this is not gzip, whatever it says"),
        ("gzip", gzip.compress(LARGE)[:200]),
        ("x-gzip", gzip.compress(LARGE)[:200]),
        ("deflate", b"this is not zlib"),
        ("compress", b"\x1f\x9d"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"hello"))),
    ],
)
async def test_a_body_that_can_not_be_decoded_is_never_passed_on(
    upstream: Upstream, server: Server, coding: str, body: bytes, fetching: Fetch
) -> None:
    server.answer = answer(f"content-encoding: {coding}", body=body)
    with pytest.raises(TransportError):
        await fetching(upstream, request_for(server.url + "/"))


@pytest.mark.parametrize(("coding", "body"), [("br", BROTLI), ("zstd", ZSTD)])
async def test_reqwest_decodes_the_newer_codings(server: Server, coding: str, body: bytes) -> None:
    server.answer = answer(f"content-encoding: {coding}", body=body)
    upstream = ReqwestUpstream()
    assert (await fetch(upstream, request_for(server.url + "/"))).body == b"hello"
    assert coding in server.last.values("accept-encoding")[0]
    await upstream.close()


@pytest.mark.parametrize(("coding", "body"), [("br", BROTLI), ("zstd", ZSTD)])
async def test_httpx_neither_asks_for_the_newer_codings_nor_passes_them_on(
    server: Server, coding: str, body: bytes
) -> None:
    server.answer = answer(f"content-encoding: {coding}", body=body)
    upstream = HttpxUpstream()
    with pytest.raises(TransportError, match="not asked for"):
        await fetch(upstream, request_for(server.url + "/"))
    assert coding not in server.last.values("accept-encoding")[0]
    await upstream.close()


async def test_head_may_name_a_coding_that_nobody_can_decode(upstream: Upstream, server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: compress\r\n\r\n"
    assert (await fetch(upstream, request_for(server.url + "/", "HEAD"))).body == b""
