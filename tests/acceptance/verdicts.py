"""What a refusal must look like, on each face."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import mcp_types as types

from tests.runner import Reply


def plain(names: Iterable[str]) -> set[str]:
    """Names as the language compares them: lower-cased letters and digits."""
    return {re.sub(r"[^a-z0-9]", "", name.lower()) for name in names}


def text(result: types.CallToolResult) -> str:
    return "".join(content.text for content in result.content if isinstance(content, types.TextContent))


def assert_problem(reply: Reply, status: int) -> dict[str, Any]:
    assert (reply.status, reply.media_type) == (status, "application/problem+json"), reply
    problem = reply.json
    assert re.fullmatch(r"NK\d{4}", problem["code"])
    assert problem["title"]
    assert problem["detail"]
    assert problem["requestId"]
    assert problem.get("status", status) == status
    assert isinstance(problem.get("errors", []), list)
    return dict(problem)
