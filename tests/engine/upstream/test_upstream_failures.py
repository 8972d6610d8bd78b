"""What goes wrong is told in the port's own errors, and tells no secret."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import traceback
from pathlib import Path

import pytest

from naftiko_runtime.engine.upstream import Upstream
from naftiko_runtime.errors import TransportError
from tests.engine.upstream.exchanges import Fetch, fetch, fetch_streamed, request_for
from tests.engine.upstream.server import OK, Server

SECRET = "s3cret"
SMUGGLED = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison"
BROKEN_HEADS = {
    "nothing at all": b"",
    "not HTTP": b"hello there s3cret\r\n\r\n",
    "an HTTP/0.9 body": b"s3cret",
    "half a head": b"HTTP/1.1 200 OK\r\nx-a: s3c",
    "a space in a header's name": b"HTTP/1.1 200 OK\r\nx s3cret: b\r\ncontent-length: 2\r\n\r\nok",
    "a status that is no number": b"HTTP/1.1 two OK\r\ncontent-length: 2\r\n\r\nok",
    "a status beyond all": b"HTTP/1.1 999 s3cret\r\ncontent-length: 2\r\n\r\nok",
    "another protocol": b"HTTP/1.1 101 s3cret\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\nok",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nokk",
    "a negative length": b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nok",
    "a length and a transfer encoding": (
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    ),
}
BROKEN_BODIES = {
    "shorter than its length": b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok",
    "much shorter than its length": b"HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n" + b"x" * 200_000,
    "a chunk size that is no number": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
    "chunks without an end": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
    "a chunk longer than its size": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nokay\r\n0\r\n\r\n",
}


def assert_tells_no_secret(error: BaseException) -> None:
    told = "".join(traceback.format_exception(error))
    assert SECRET not in told
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize("kind", [*BROKEN_HEADS, *BROKEN_BODIES])
async def test_a_broken_answer_is_a_transport_error(
    upstream: Upstream, server: Server, kind: str, fetching: Fetch
) -> None:
    server.answer, server.hang_up = (BROKEN_HEADS | BROKEN_BODIES)[kind], True
    request = request_for(server.url + f"/path-{SECRET}?key={SECRET}", headers=(("authorization", SECRET),))
    with pytest.raises(TransportError) as caught:
        await fetching(upstream, request)
    assert f"127.0.0.1:{server.port}" in caught.value.reason
    assert_tells_no_secret(caught.value)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_got_no_answer_is_not_sent_again(upstream: Upstream, server: Server, method: str) -> None:
    server.answer, server.hang_up = b"", True
    with pytest.raises(TransportError):
        await fetch(upstream, request_for(server.url + "/", method, content=b"once"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("rest", [b"", SMUGGLED])
async def test_a_broken_answer_does_not_spoil_the_next_one(upstream: Upstream, server: Server, rest: bytes) -> None:
    request = request_for(server.url + "/")
    server.answer = BROKEN_HEADS["a length and a transfer encoding"] + rest
    with pytest.raises(TransportError, match="both a length and a transfer encoding"):
        await fetch(upstream, request)
    server.answer = OK
    assert (await fetch(upstream, request)).body == b"ok"


@pytest.mark.parametrize("fetching", [fetch, fetch_streamed])
@pytest.mark.parametrize(
    "first",
    [
        OK + SMUGGLED,
        b"HTTP/1.1 204 No Content\r\n\r\n" + SMUGGLED,
        b"HTTP/1.1 304 Not Modified\r\n\r\n" + SMUGGLED,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + SMUGGLED,
    ],
    ids=["length", "204", "304", "chunked"],
)
async def test_bytes_after_an_answer_are_never_the_next_answer(
    upstream: Upstream, server: Server, first: bytes, fetching: Fetch
) -> None:
    server.answer = first
    await fetching(upstream, request_for(server.url + "/"))
    server.answer = OK
    assert (await fetching(upstream, request_for(server.url + "/"))).body == b"ok"


async def test_a_port_that_nobody_listens_on_is_named(upstream: Upstream) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportError, match=f"^could not connect to 127.0.0.1:{port}: ") as caught:
        await fetch(upstream, request_for(f"http://127.0.0.1:{port}/{SECRET}?key={SECRET}"))
    assert_tells_no_secret(caught.value)


async def test_tls_to_a_port_that_speaks_none_is_no_connection(upstream: Upstream) -> None:
    async def answer_in_plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer_in_plain, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(TransportError, match=f"^could not connect to 127.0.0.1:{port}: "):
            await fetch(upstream, request_for(f"https://127.0.0.1:{port}/"))


async def test_a_certificate_that_nobody_vouches_for_is_refused(upstream: Upstream, tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(self_signed_certificate(tmp_path))
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(TransportError, match=r"(?i)^could not connect to 127.0.0.1:.*cert"):
        await fetch(upstream, request_for(f"https://127.0.0.1:{port}/", headers=(("authorization", SECRET),)))
    listener.close()
    assert heard == []


def self_signed_certificate(folder: Path) -> Path:
    x509 = pytest.importorskip("cryptography.x509", reason="makes the certificate")
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    certificate = builder.sign(key, hashes.SHA256())
    file = folder / "self-signed.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file
