"""A caller sees the response headers of one list, and no others (C16)."""

from __future__ import annotations

import pytest

from naftiko_runtime.engine.headers import content_type, passing


@pytest.mark.parametrize(
    "name",
    [
        "content-range",
        "etag",
        "last-modified",
        "link",
        "location",
        "retry-after",
        "cache-control",
        "vary",
        "ratelimit",
        "ratelimit-remaining",
        "x-ratelimit-reset",
        "x-rate-limit-limit",
        "x-total-count",
        "deprecation",
    ],
)
def test_a_useful_header_passes(name):
    assert passing([(name, "x")]) == ((name, "x"),)


@pytest.mark.parametrize(
    "name",
    [
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "proxy-authenticate",
        "proxy-connection",
        "alt-svc",
        "set-cookie",
        "www-authenticate",
        "authorization",
        "content-length",
        "content-encoding",
        "content-type",
        "server",
        "x-powered-by",
        "access-control-allow-origin",
        "strict-transport-security",
        "x-internal-secret",
        "",
    ],
)
def test_any_other_header_stays_behind(name):
    assert passing([(name, "x")]) == ()


def test_headers_pass_in_their_order_and_as_often_as_they_come():
    headers = [("link", "<a>"), ("server", "x"), ("etag", "1"), ("link", "<b>")]
    assert passing(headers) == (("link", "<a>"), ("etag", "1"), ("link", "<b>"))


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ([], ""),
        ([("content-type", "text/plain")], "text/plain"),
        ([("a", "b"), ("content-type", "x"), ("content-type", "y")], "x"),
    ],
)
def test_the_media_type_is_the_declared_one(headers, kind):
    assert content_type(headers) == kind
