"""What of a path is below the place where a runtime is mounted?

Frameworks tell a mounted application its place in different ways; the table has each of them as it is known from
scopes.
"""

from __future__ import annotations

import pytest
from starlette.types import Scope

from naftiko_runtime.host.embedding.embedded import below_mount

CASES: dict[str, tuple[dict[str, str | bytes], str, bytes]] = {
    "mounted nowhere": ({"path": "/a b", "raw_path": b"/a%20b"}, "/a b", b"/a%20b"),
    "the prefix stays in the path (ASGI, Starlette since 0.33)": (
        {"path": "/caps/a", "raw_path": b"/caps/a", "root_path": "/caps"},
        "/a",
        b"/a",
    ),
    "the prefix is taken off the path (older Starlette)": (
        {"path": "/a", "raw_path": b"/caps/a", "root_path": "/caps"},
        "/a",
        b"/a",
    ),
    "the prefix is taken off, and what is left begins with it again": (
        {"path": "/caps/a", "raw_path": b"/caps/caps/a", "root_path": "/caps"},
        "/caps/a",
        b"/caps/a",
    ),
    "the prefix stays, and what is below begins with it again": (
        {"path": "/caps/caps/a", "raw_path": b"/caps/caps/a", "root_path": "/caps"},
        "/caps/a",
        b"/caps/a",
    ),
    "the prefix is taken off both": ({"path": "/a", "raw_path": b"/a", "root_path": "/caps"}, "/a", b"/a"),
    "there is no raw path": ({"path": "/caps/a b", "root_path": "/caps"}, "/a b", b"/a%20b"),
    "an encoded slash stays one": (
        {"path": "/caps/a/b", "raw_path": b"/caps/a%2Fb", "root_path": "/caps"},
        "/a/b",
        b"/a%2Fb",
    ),
    "an encoded slash stays one where the prefix is taken off": (
        {"path": "/a/b", "raw_path": b"/caps/a%2Fb", "root_path": "/caps"},
        "/a/b",
        b"/a%2Fb",
    ),
    "a prefix with an encoded character": (
        {"path": "/my caps/a", "raw_path": b"/my%20caps/a", "root_path": "/my caps"},
        "/a",
        b"/a",
    ),
    "a mount in a mount": (
        {"path": "/one/two/a", "raw_path": b"/one/two/a", "root_path": "/one/two", "app_root_path": ""},
        "/a",
        b"/a",
    ),
    "a proxy takes its own prefix off (FastAPI's root_path)": (
        {"path": "/caps/a", "raw_path": b"/caps/a", "root_path": "/api/caps", "app_root_path": "/api"},
        "/a",
        b"/a",
    ),
    "a proxy leaves its own prefix": (
        {"path": "/api/caps/a", "raw_path": b"/api/caps/a", "root_path": "/api/caps", "app_root_path": "/api"},
        "/a",
        b"/a",
    ),
    "only a part of a segment is like the prefix": (
        {"path": "/capsule", "raw_path": b"/capsule", "root_path": "/caps"},
        "/capsule",
        b"/capsule",
    ),
    "the place itself": ({"path": "/caps", "raw_path": b"/caps", "root_path": "/caps"}, "", b""),
    "the place itself with a slash": ({"path": "/caps/", "raw_path": b"/caps/", "root_path": "/caps/"}, "/", b"/"),
    "a query in the raw path": ({"path": "/caps/a", "raw_path": b"/caps/a?b=/c", "root_path": "/caps"}, "/a", b"/a"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_path_is_seen_as_if_there_were_no_mount(case: str) -> None:
    given, path, raw = CASES[case]
    scope: Scope = {"type": "http", "root_path": "", **given}
    below = below_mount(scope)
    assert (below["path"], below["raw_path"], below["root_path"]) == (path, raw, "")


def test_the_scope_of_the_framework_is_left_alone() -> None:
    scope: Scope = {"type": "http", "path": "/caps/a", "raw_path": b"/caps/a", "root_path": "/caps"}
    before = dict(scope)
    below_mount(scope)
    assert scope == before
