"""Bytes of images, audio and documents, from an upstream to both faces."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Iterator

import mcp_types as types
import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.verdicts import assert_problem, text
from tests.plan.photos import RESPONSE
from tests.plan.photos import text as capability
from tests.runner import Running, listen_flags, request, running
from tests.upstream import Answer, Upstream

PIXEL = b"\x89PNG\r\n\x1a\n\x00\xff" * 100
LIMIT = 2_000


@pytest.fixture(scope="module")
def server(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = tmp_path_factory.mktemp("binary") / "photos.yaml"
    file.write_text(capability(rest=RESPONSE, adapter=f"maxBinarySize: {LIMIT}B"), encoding="utf-8")
    flags = listen_flags(["photos-rest", "photos-mcp"])
    with running("run", str(file), "--upstream", f"photos={upstream_server.url}", *flags) as run:
        yield run


def serve(upstream: Upstream, body: bytes, media_type: str = "", *, chunked: bool = False) -> None:
    headers = (("Content-Type", media_type),) if media_type else ()
    upstream.answer("GET", "/p", Answer(200, body, headers, chunked=chunked))


@pytest.mark.parametrize("path", ["/p", "/s"])
@pytest.mark.parametrize("chunked", [False, True])
def test_rest_passes_bytes_with_the_declared_type(
    server: Running, upstream: Upstream, path: str, chunked: bool
) -> None:
    serve(upstream, PIXEL, "application/octet-stream", chunked=chunked)
    reply = request("GET", server.url("rest") + path)

    assert (reply.status, reply.media_type, reply.body) == (200, "image/png", PIXEL)


def test_an_answer_that_says_itself_that_it_is_too_large_is_refused(server: Running, upstream: Upstream) -> None:
    serve(upstream, b"x" * (LIMIT + 1))
    problem = assert_problem(request("GET", server.url("rest") + "/p"), 502)

    assert (problem["code"], f"{LIMIT} bytes" in problem["detail"]) == ("NK8005", True)


def test_an_answer_that_becomes_too_large_is_broken_off(server: Running, upstream: Upstream) -> None:
    serve(upstream, b"x" * 500_000, chunked=True)
    with pytest.raises(http.client.IncompleteRead):
        request("GET", server.url("rest") + "/p")


def test_a_failure_is_told_whole_however_large_bytes_may_be(server: Running, upstream: Upstream) -> None:
    upstream.answer("GET", "/p", Answer(404, b"n" * (LIMIT + 1), (("Content-Type", "text/plain"),)))
    reply = request("GET", server.url("rest") + "/p")

    assert (reply.status, reply.media_type, len(reply.body)) == (404, "text/plain", LIMIT + 1)


async def contents(server: Running, revision: str) -> list[types.ContentBlock]:
    async with over_http(server.url("mcp"), revision) as client:
        result = await client.call_tool("get-photo", {})
    assert result.is_error is False
    return list(result.content)


@pytest.mark.parametrize("revision", ERAS)
async def test_an_image_is_an_image_to_a_model(server: Running, upstream: Upstream, revision: str) -> None:
    serve(upstream, PIXEL, "image/png")
    (content,) = await contents(server, revision)

    assert isinstance(content, types.ImageContent)
    assert (content.mime_type, base64.b64decode(content.data)) == ("image/png", PIXEL)


@pytest.mark.parametrize("revision", ERAS)
async def test_a_sound_is_a_sound_to_a_model(server: Running, upstream: Upstream, revision: str) -> None:
    serve(upstream, PIXEL, "audio/ogg", chunked=True)
    (content,) = await contents(server, revision)

    assert isinstance(content, types.AudioContent)
    assert (content.mime_type, base64.b64decode(content.data)) == ("audio/ogg", PIXEL)


@pytest.mark.parametrize(("sent", "told"), [("application/pdf", "application/pdf"), ("", "application/octet-stream")])
async def test_any_other_document_is_a_blob(server: Running, upstream: Upstream, sent: str, told: str) -> None:
    serve(upstream, PIXEL, sent)
    (content,) = await contents(server, ERAS[1])

    assert isinstance(content, types.EmbeddedResource)
    assert isinstance(content.resource, types.BlobResourceContents)
    assert (content.resource.mime_type, base64.b64decode(content.resource.blob)) == (told, PIXEL)


@pytest.mark.parametrize("chunked", [False, True])
async def test_bytes_that_are_too_many_are_a_tool_error(server: Running, upstream: Upstream, chunked: bool) -> None:
    serve(upstream, b"x" * (LIMIT + 1), "image/png", chunked=chunked)
    async with over_http(server.url("mcp"), ERAS[1]) as client:
        result = await client.call_tool("get-photo", {})

    assert (result.is_error, f"larger than {LIMIT} bytes" in text(result)) == (True, True)


def test_the_media_type_is_described(server: Running) -> None:
    described = request("GET", server.url("rest") + "/openapi.json").json

    assert list(described["paths"]["/p"]["get"]["responses"]["2XX"]["content"]) == ["image/png"]
