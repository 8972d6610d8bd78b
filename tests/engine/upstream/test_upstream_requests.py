"""What leaves is what was built."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from naftiko_runtime.engine.upstream import Upstream
from naftiko_runtime.errors import TransportError
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.version import __version__
from tests.engine.upstream.exchanges import fetch, request_for
from tests.engine.upstream.server import Server
from tests.upstream import Upstream as Far

TARGETS = [
    "/v1/fine_tuning/jobs/ft%3Ajob%2F1%20%C3%A9",
    "/jobs?a=x%26y&a=2",
    "/jobs?a=&b&=c&a=%2B+%20",
    "/a//b///c/",
    "/",
    "/a%2Eb/.well-known/...",
    "/%2Ejob%2E/a%2e",
    "/a;v=1,2/b=c&d/$e!(f)*'g':@",
    "/a?next=/../b/./c?d",
    "/users/@me",
    "/%7Euser/~user",
    "/%41%61",
]


@pytest.mark.parametrize("target", TARGETS)
async def test_a_target_leaves_byte_for_byte(upstream: Upstream, server: Server, target: str) -> None:
    await fetch(upstream, request_for(server.url + target))
    assert server.last.target == target


@pytest.mark.parametrize(("suffix", "target"), [("", "/"), ("?a=1", "/?a=1"), ("/a?b='c'", "/a?b=%27c%27")])
async def test_a_url_gets_its_one_standard_form(upstream: Upstream, server: Server, suffix: str, target: str) -> None:
    await fetch(upstream, request_for(server.url + suffix))
    assert server.last.target == target


@pytest.mark.parametrize("path", ["/a/../b", "/a/.", "/a/%2e%2E/b", "/%2E", "/a/.%2e?q=1", "/a/./b", "/.."])
async def test_a_dot_segment_is_refused_before_anything_is_sent(upstream: Upstream, server: Server, path: str) -> None:
    with pytest.raises(TransportError, match="segment"):
        await fetch(upstream, request_for(server.url + path))
    assert server.connections == 0


async def test_credentials_in_a_url_are_refused_and_not_told(upstream: Upstream, server: Server) -> None:
    with pytest.raises(TransportError) as caught:
        await fetch(upstream, request_for(f"http://jane:s3cret@127.0.0.1:{server.port}/"))
    assert f"127.0.0.1:{server.port}" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert server.connections == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
async def test_a_method_leaves_as_it_is(upstream: Upstream, server: Server, method: str) -> None:
    await fetch(upstream, request_for(server.url + "/", method))
    assert server.last.method == method


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_body_leaves_byte_for_byte_with_its_length(upstream: Upstream, server: Server, method: str) -> None:
    content = bytes(range(256)) * 300
    await fetch(upstream, request_for(server.url + "/", method, content=content))
    assert server.last.body == content
    assert server.last.values("content-length") == [str(len(content))]
    assert server.last.values("transfer-encoding") == []


@pytest.mark.parametrize("content", [None, b""])
@pytest.mark.parametrize(("method", "lengths"), [("POST", ["0"]), ("PUT", ["0"]), ("PATCH", ["0"]), ("GET", [])])
async def test_only_methods_that_enclose_a_body_say_that_it_is_empty(
    upstream: Upstream, server: Server, method: str, lengths: list[str], content: bytes | None
) -> None:
    await fetch(upstream, request_for(server.url + "/", method, content=content))
    assert server.last.values("content-length") == lengths


async def test_headers_leave_as_they_are_and_repeats_are_kept(upstream: Upstream, server: Server) -> None:
    headers = (("X-Tag", "a"), ("x-tag", "b, c"), ("Authorization", 'Digest a="1", b=~'), ("X-Empty", ""))
    await fetch(upstream, request_for(server.url + "/", headers=headers))
    assert server.last.values("x-tag") == ["a", "b, c"]
    assert server.last.values("authorization") == ['Digest a="1", b=~']
    assert server.last.values("x-empty") == [""]


@pytest.mark.parametrize("value", ["é", "a\r\nx-b: c", "a\nb", "a\0b", "\x7f", "a\tb"])
async def test_a_header_value_beyond_visible_ascii_is_refused_without_telling_it(
    upstream: Upstream, server: Server, value: str
) -> None:
    with pytest.raises(TransportError, match="`x-key`") as caught:
        await fetch(upstream, request_for(server.url + "/", headers=(("x-key", "s3cret" + value),)))
    assert "s3cret" not in str(caught.value)
    assert server.connections == 0


async def test_the_runtime_names_itself_and_takes_anything_unless_the_request_says_otherwise(
    upstream: Upstream, server: Server
) -> None:
    await fetch(upstream, request_for(server.url + "/"))
    assert server.last.values("user-agent") == [f"naftiko-runtime/{__version__}"]
    assert server.last.values("accept") == ["*/*"]
    given = (("User-Agent", "mine/1"), ("Accept", "text/csv"), ("Accept-Encoding", "identity"))
    await fetch(upstream, request_for(server.url + "/", headers=given))
    assert server.last.values("user-agent") == ["mine/1"]
    assert server.last.values("accept") == ["text/csv"]
    assert server.last.values("accept-encoding") == ["identity"]


async def test_only_the_headers_that_http_needs_are_added(upstream: Upstream, server: Server) -> None:
    await fetch(upstream, request_for(server.url + "/"))
    assert {name for name, _value in server.last.headers} == {"accept", "accept-encoding", "host", "user-agent"}
    assert server.last.values("host") == [f"127.0.0.1:{server.port}"]


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "nonsense?key=s3cret"),
        ("GET", "ftp://127.0.0.1/?key=s3cret"),
        ("GET", "http://[::1/?key=s3cret"),
        ("GET", "http://127.0.0.1:99999/?key=s3cret"),
        ("G ET", "http://127.0.0.1:9/?key=s3cret"),
    ],
)
async def test_a_request_that_is_not_http_fails_as_an_error_of_the_port(
    upstream: Upstream, method: str, url: str
) -> None:
    with pytest.raises(TransportError) as caught:
        await fetch(upstream, UpstreamRequest(method, url, (), None, "/"))
    assert "s3cret" not in str(caught.value)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_body_leaves_as_it_comes(upstream: Upstream, upstream_server: Far) -> None:
    upstream_server.reset()
    request = request_for(upstream_server.url, method="POST")._replace(body=pieces(b"one ", b"two"))
    await fetch(upstream, request)
    assert upstream_server.only.body == b"one two"
    assert upstream_server.only.header("transfer-encoding") == "chunked"


async def test_a_body_of_known_length_is_not_chunked(upstream: Upstream, server: Server) -> None:
    request = request_for(server.url, method="PUT", headers=(("content-length", "7"),))._replace(
        body=pieces(b"1234567")
    )
    await fetch(upstream, request)
    names = [name.lower() for name, _ in server.last.headers]
    assert (server.last.body, names.count("content-length"), "transfer-encoding" in names) == (b"1234567", 1, False)


class SourceError(Exception):
    pass


async def test_what_a_body_raises_comes_out_as_it_is(upstream: Upstream, upstream_server: Far) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"one"
        raise SourceError

    with pytest.raises(SourceError):
        await fetch(upstream, request_for(upstream_server.url, method="POST")._replace(body=broken()))
