"""Bodies of every kind, from a file to the wire, called from both faces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.verdicts import assert_problem, text
from tests.runner import ROOT, Running, listen_flags, request, running
from tests.upstream import Received, Upstream

VALUE = 'a&b="<é>\r\n'


class Kind(NamedTuple):
    """A body template with one placeholder, and what is sent for the value."""

    name: str
    body: str
    media_type: str
    content: bytes


KINDS = (
    Kind("json", "{type: json, data: {k: '{{x}}', n: 1}}", "application/json",
         '{"k":"a&b=\\"<é>\\r\\n","n":1}'.encode()),
    Kind("form", "{type: formUrlEncoded, data: {k: '{{x}}', n: 1.10}}", "application/x-www-form-urlencoded",
         b"k=a%26b%3D%22%3C%C3%A9%3E%0D%0A&n=1.10"),
    Kind("xml", "{type: xml, data: '<k>{{x}}</k>'}", "application/xml",
         "<k>a&amp;b=&quot;&lt;é&gt;&#13;&#10;</k>".encode()),
    Kind("sparql", "{type: sparql, data: 'ASK { ?s ?p {{x}} }'}", "application/sparql-query",
         'ASK { ?s ?p "a&b=\\"<é>\\r\\n" }'.encode()),
    Kind("text", "{type: text, data: 'k {{x}}'}", "text/plain; charset=utf-8", f"k {VALUE}".encode()),
    Kind("raw", "'k: {{x}}'", "text/plain; charset=utf-8", f"k: {VALUE}".encode()),
)  # fmt: skip
PARTS = "{type: multipartForm, data: [{name: k, value: '{{x}}'}, {name: f, value: v, filename: '{{f}}.csv'}]}"


@pytest.fixture(scope="module")
def server(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    names = [(item.name, item.body) for item in KINDS] + [("parts", PARTS)]
    lines = [f"    - {{name: {n}, path: /{n}, operations: [{{name: put, method: POST, body: {b}}}]}}" for n, b in names]
    routes = [f"    - {{name: {n}, path: /{n}, operations: [{{method: POST, call: all.{n}.put}}]}}" for n, _ in names]
    tools = [f"    - {{name: {n}, description: D., call: all.{n}.put}}" for n, _ in names]
    source = "\n".join(
        [
            "naftiko: 1.0.0-alpha2\ninfo: {label: All, description: All bodies.}\ncapability:\n  consumes:",
            "  - type: http\n    namespace: all\n    baseUri: https://all.invalid\n    resources:",
            *lines,
            "  exposes:\n  - type: rest\n    namespace: all-rest\n    port: 8080\n    resources:",
            *routes,
            "  - type: mcp\n    namespace: all-mcp\n    port: 9090\n    description: D.\n    tools:",
            *tools,
        ]
    )
    file = tmp_path_factory.mktemp("bodies") / "all.yaml"
    file.write_text(source, encoding="utf-8")
    flags = listen_flags(["all-rest", "all-mcp"])
    with running("run", str(file), "--upstream", f"all={upstream_server.url}", *flags) as run:
        yield run


def post(server: Running, path: str, body: str) -> None:
    reply = request("POST", f"{server.url('rest')}/{path}", body.encode(), {"Content-Type": "application/json"})
    assert reply.status == 200, reply


BODY = '{"x": "a&b=\\"<é>\\r\\n"}'


@pytest.mark.parametrize("kind", KINDS, ids=[item.name for item in KINDS])
def test_a_body_of_a_kind_leaves_from_rest(server: Running, upstream: Upstream, kind: Kind) -> None:
    post(server, kind.name, BODY)

    assert (upstream.only.header("content-type"), upstream.only.body) == (kind.media_type, kind.content)


@pytest.mark.parametrize("kind", KINDS, ids=[item.name for item in KINDS])
async def test_a_body_of_a_kind_leaves_from_a_tool(server: Running, upstream: Upstream, kind: Kind) -> None:
    async with over_http(server.url("mcp"), ERAS[1]) as client:
        result = await client.call_tool(kind.name, {"x": VALUE})

    assert result.is_error is False, text(result)
    assert (upstream.only.header("content-type"), upstream.only.body) == (kind.media_type, kind.content)


def boundary(received: Received) -> bytes:
    found = re.fullmatch(r"multipart/form-data; boundary=([\w-]{1,70})", received.header("content-type") or "")
    assert found is not None
    return found[1].encode()


def test_parts_leave_with_their_files(server: Running, upstream: Upstream) -> None:
    post(server, "parts", '{"x": "é", "f": "a\\"b"}')

    mark = b"--" + boundary(upstream.only)
    assert upstream.only.body == b"\r\n".join(
        [
            mark, b'Content-Disposition: form-data; name="k"', b"", "é".encode(),
            mark, b'Content-Disposition: form-data; name="f"; filename="a%22b.csv"',
            b"Content-Type: application/octet-stream", b"", b"v",
            mark + b"--", b"",
        ]
    )  # fmt: skip


def test_a_line_break_in_the_head_of_a_part_never_leaves(server: Running, upstream: Upstream) -> None:
    body = b'{"x": "1", "f": "a\\r\\nX-Evil: 1"}'
    reply = request("POST", f"{server.url('rest')}/parts", body, {"Content-Type": "application/json"})

    assert [error["field"] for error in assert_problem(reply, 400)["errors"]] == ["f"]
    assert upstream.requests == []


def test_the_capability_of_the_page_sends_what_the_page_says(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = (ROOT / "docs" / "bodies.md").read_text("utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    file = tmp_path_factory.mktemp("page") / "log.yaml"
    file.write_text(example[1], encoding="utf-8")
    flags = listen_flags(["log-mcp"])
    with running("run", str(file), "--upstream", f"log={upstream.url}", *flags) as run:
        parameters = {"name": "add-entry", "arguments": {"title": "t", "text": "a,b"}}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}
        body = json.dumps(call).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        request("POST", f"{run.url('mcp')}", body, headers | {"MCP-Protocol-Version": "2025-06-18"})
    assert b'filename="t.csv"\r\nContent-Type: text/csv\r\n\r\na,b\r\n' in upstream.only.body
