"""The way out that whoever starts a capability gives its calls: a proxy, and authorities of their own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.runner import Ended, command, request, running
from tests.upstream import Answer, Upstream, serving

BERTHS = """
naftiko: 1.0.0-alpha2
info: {label: Berths, description: The berths of a harbour}
capability:
  consumes:
    - type: http
      namespace: harbour
      baseUri: http://harbour.example
      resources: [{name: berth, path: /berths, operations: [{name: list, method: GET}]}]
  exposes:
    - type: rest
      namespace: berths
      port: 8080
      resources: [{path: /berths, operations: [{name: list, method: GET, call: harbour.list}]}]
"""


@pytest.fixture
def berths(tmp_path: Path) -> str:
    path = tmp_path / "berths.yaml"
    path.write_text(BERTHS)
    return str(path)


def called(path: str, *flags: str, env: dict[str, str] | None = None) -> Ended:
    return command("call", path, "list", *flags, env=env or {})


def test_calls_leave_through_a_proxy(berths: str, upstream: Upstream) -> None:
    upstream.answer("GET", "http://harbour.example/berths", Answer.json([1]))

    assert called(berths, "--proxy", upstream.url).out == "[1]\n"
    assert called(berths, env={"NAFTIKO_PROXY": upstream.url}).out == "[1]\n"
    assert upstream.last.header("host") == "harbour.example"


def test_a_running_capability_calls_through_a_proxy(berths: str, upstream: Upstream) -> None:
    upstream.answer("GET", "http://harbour.example/berths", Answer.json([1]))

    with running("run", berths, "--port", "0", "--proxy", upstream.url) as server:
        assert request("GET", server.url("rest") + "/berths").json == [1]


def test_a_proxy_is_shown_the_name_and_password_of_its_address(berths: str, upstream: Upstream) -> None:
    upstream.answer("*", "*", Answer.json([1]))

    called(berths, "--proxy", f"http://ada:s3cret@127.0.0.1:{upstream.port}")

    assert upstream.only.header("proxy-authorization") == "Basic YWRhOnMzY3JldA=="
    assert upstream.only.header("authorization") is None


@pytest.mark.parametrize("exception", ["127.0.0.1", "127.0.0.0/8", "localhost,127.0.0.1"])
def test_some_hosts_are_called_directly(berths: str, upstream: Upstream, exception: str) -> None:
    upstream.answer("GET", "/berths", Answer.json([2]))
    with serving() as proxy:
        flags = ("--upstream", f"harbour={upstream.url}", "--proxy", proxy.url)
        assert called(berths, *flags, env={"NAFTIKO_NO_PROXY": exception}).out == "[2]\n"
        assert proxy.requests == []


def test_no_proxy_is_taken_from_the_environment_of_others(berths: str, upstream: Upstream) -> None:
    env = {"HTTP_PROXY": upstream.url, "http_proxy": upstream.url, "ALL_PROXY": upstream.url}

    assert called(berths, env=env).code == 1
    assert upstream.requests == []


def self_signed(folder: Path) -> Path:
    """A PEM file with a certificate that vouches for itself, and the key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority of ours")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "authority.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    file.with_suffix(".key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def vouched(authority: Path) -> Iterator[Upstream]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority, authority.with_suffix(".key"))
    with serving(tls) as upstream:
        upstream.answer("GET", "/berths", Answer.json([3]))
        yield upstream


def test_an_authority_of_ones_own_is_trusted_where_it_is_named(berths: str, vouched: Upstream, authority: Path) -> None:
    flags = ("--upstream", f"harbour={vouched.url}")

    refused = called(berths, *flags)
    assert (refused.code, "certificate" in refused.err) == (1, True)
    assert vouched.requests == []
    assert called(berths, *flags, "--ca-file", str(authority)).out == "[3]\n"


def test_all_certificates_of_a_file_are_trusted(
    berths: str, vouched: Upstream, authority: Path, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    both.write_text(f"An older one\n{self_signed(tmp_path).read_text()}and ours\n{authority.read_text()}")

    assert called(berths, "--upstream", f"harbour={vouched.url}", "--ca-file", str(both)).out == "[3]\n"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--proxy", "s3cret"), "argument --proxy: write the address of a proxy"),
        (("--proxy", "socks5://s3cret@127.0.0.1"), "argument --proxy: write the address of a proxy"),
        (("--proxy", "http://u:s3cret@127.0.0.1:99999"), "argument --proxy: write the address of a proxy"),
        (("--proxy", "http://127.0.0.1/s3cret"), "argument --proxy: write the address of a proxy"),
        (("--no-proxy", "127.0.0.1"), "--no-proxy: there is no --proxy"),
        (("--ca-file", "nowhere.pem"), "--ca-file nowhere.pem: No such file or directory"),
        (("--ca-file", "pyproject.toml"), "it holds no certificate in PEM"),
        (("--ca-file", "broken.pem"), "certificate 1 of it can't be read"),
    ],
)
def test_what_is_no_way_out_is_told(berths: str, flags: tuple[str, ...], words: str) -> None:
    broken = Path(berths).with_name("broken.pem")
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    ended = called(berths, *(str(broken) if flag == "broken.pem" else flag for flag in flags))

    assert ended.code == 2
    assert words in ended.err
    assert "s3cret" not in ended.text
