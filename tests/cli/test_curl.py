"""Is an upstream request printed so that a shell sends the same one?"""

from __future__ import annotations

import subprocess

import pytest

from naftiko_runtime.cli.curl import render_curl
from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import Digest, OAuth2


def words(request: UpstreamRequest) -> list[bytes]:
    """The command as a shell reads it."""
    script = render_curl(request).replace("curl ", "printf '%s\\0' ", 1)
    return subprocess.run(["bash", "-c", script], check=True, capture_output=True).stdout.split(b"\0")[:-1]


def test_method_url_headers_and_body_are_there() -> None:
    request = UpstreamRequest(
        "POST", "http://x/a%2Fb?q=1&r=2", (("accept", "*/*"), ("x-a", "it's")), b'{"a": "$b"}', "/a"
    )

    assert words(request) == [
        b"--globoff",
        b"--path-as-is",
        b"--request",
        b"POST",
        b"http://x/a%2Fb?q=1&r=2",
        b"--header",
        b"accept: */*",
        b"--header",
        b"x-a: it's",
        b"--data-raw",
        b'{"a": "$b"}',
    ]


@pytest.mark.parametrize("content", [b"'; rm -rf / #", b"`id`", "é\n".encode(), b"\xff\xfe\x01", b"@file", b""])
def test_a_body_reaches_curl_as_it_is(content: bytes) -> None:
    assert words(UpstreamRequest("PUT", "http://x/", (), content, "/"))[-1] == content


def test_an_empty_header_is_written_as_curl_wants_it() -> None:
    assert words(UpstreamRequest("GET", "http://x/", (("x-a", ""),), None, "/"))[-1] == b"x-a;"


def test_a_digest_is_left_to_curl() -> None:
    request = UpstreamRequest("GET", "http://x/", (), None, "/", Digest("ada", "it's"))
    assert words(request)[-3:] == [b"--digest", b"--user", b"ada:it's"]


def test_a_token_stands_as_what_it_is() -> None:
    request = UpstreamRequest("GET", "http://x/", (), None, "/", OAuth2("", "https://a/t", "c", "s3cret", ""))
    assert words(request)[-2:] == [b"--header", b"authorization: Bearer ***"]


def test_head_is_asked_with_its_own_option() -> None:
    assert b"--head" in words(UpstreamRequest("HEAD", "http://x/", (), None, "/"))
