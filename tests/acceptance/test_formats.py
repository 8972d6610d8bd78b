"""Answers in every format of the language, from a file to both faces, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.acceptance.clients import ERAS, over_http
from tests.acceptance.verdicts import assert_problem, text
from tests.runner import Running, listen_flags, request, running
from tests.upstream import Answer, Upstream


class Sample(NamedTuple):
    """An answer in a format, and where its one ship lies in it."""

    name: str
    body: bytes
    content_type: str
    mapping: str
    broken: bytes = b"\xff\xfe\xff"
    schema: str = ""
    member: str = "ship"


SHIP = {"type": "record", "name": "Ship", "fields": [{"name": "ship", "type": "string"}]}
SHIPS = [{"name": "ships", "type": {"type": "array", "items": SHIP}}]
AVRO = json.dumps({"type": "record", "name": "Fleet", "fields": SHIPS})
PROTO = 'syntax = "proto3"; message Fleet { repeated Ship ships = 1; } message Ship { string ship = 1; }'

SAMPLES = (
    Sample("xml", "<f><s><ship>Zoë</ship></s></f>".encode("latin-1"), "text/xml; charset=ISO-8859-1", "$.f.s", b"<f>"),
    Sample("csv", "ship,berth\r\nZoë,3\r\n".encode("cp1252"), "text/csv; charset=windows-1252", "$", b'a\n"'),
    Sample("tsv", "ship\tberth\nZoë\t3".encode("utf-8-sig"), "text/tab-separated-values", "$", b'a\n"'),
    Sample("psv", "ship|berth\nZoë|3\n".encode(), "text/plain", "$", b'a\n"'),
    Sample("yaml", "fleet: [{ship: Zoë}]".encode(), "application/yaml", "$.fleet", b"[a"),
    Sample("html", "<table class=x><tr><th>ship<tr><td>Zoë</table>".encode(), "text/html", "$.tables[0]", schema=".x"),
    Sample("markdown", "|ship|\n|-|\n|Zoë|\n".encode(), "text/markdown", "$.tables[0]"),
    Sample("avro", b"\x02\x08Zo\xc3\xab\x00", "application/avro", "$.ships", b"\x02", "fleet.avsc"),
    Sample("protobuf", b"\x0a\x06\x0a\x04Zo\xc3\xab", "application/x-protobuf", "$.ships", b"\x0a\x7f", "fleet.proto"),
)


def _capability() -> str:
    operations, resources, tools = [], [], []
    for item in SAMPLES:
        schema = f", outputSchema: {item.schema}" if item.schema else ""
        outputs = (
            f"outputParameters: [{{type: array, mapping: '{item.mapping}', items: {{type: object, "
            f"properties: {{ship: {{type: string, mapping: $.{item.member}}}}}}}}}]"
        )
        consumed = f"{{name: get, method: GET, outputRawFormat: {item.name}{schema}}}"
        operations.append(f"    - {{name: {item.name}, path: /{item.name}, operations: [{consumed}]}}")
        exposed = f"{{method: GET, name: {item.name}, call: fleet.{item.name}.get, {outputs}}}"
        resources.append(f"    - {{name: {item.name}, path: /{item.name}, operations: [{exposed}]}}")
        tools.append(f"    - {{name: {item.name}, description: D., call: fleet.{item.name}.get, {outputs}}}")
    return "\n".join(
        [
            "naftiko: 1.0.0-alpha2",
            "info: {label: Fleet, description: Ships in all formats.}",
            "capability:",
            "  consumes:",
            "  - {type: http, namespace: fleet, baseUri: https://fleet.invalid, resources: [",
            ",\n".join(line.removeprefix("    - ") for line in operations),
            "  ]}",
            "  exposes:",
            "  - type: rest\n    namespace: fleet-rest\n    port: 8080\n    resources:",
            *resources,
            "  - type: mcp\n    namespace: fleet-mcp\n    port: 9090\n    description: D.\n    tools:",
            *tools,
        ]
    )


@pytest.fixture(scope="module")
def server(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("formats")
    (folder / "fleet.yaml").write_text(_capability(), encoding="utf-8")
    (folder / "fleet.avsc").write_text(AVRO, encoding="utf-8")
    (folder / "fleet.proto").write_text(PROTO, encoding="utf-8")
    flags = listen_flags(["fleet-rest", "fleet-mcp"])
    with running("run", str(folder), "--upstream", f"fleet={upstream_server.url}", *flags) as run:
        yield run


each = pytest.mark.parametrize("sample", SAMPLES, ids=[item.name for item in SAMPLES])


@each
def test_rest_shapes_an_answer_of_the_format(server: Running, upstream: Upstream, sample: Sample) -> None:
    upstream.answer("GET", f"/{sample.name}", Answer(200, sample.body, (("Content-Type", sample.content_type),)))
    reply = request("GET", f"{server.url('rest')}/{sample.name}")

    assert (reply.status, reply.media_type) == (200, "application/json")
    assert reply.json == [{"ship": "Zoë"}]


@each
@pytest.mark.parametrize("revision", ERAS)
async def test_a_tool_shapes_an_answer_of_the_format(
    server: Running, upstream: Upstream, sample: Sample, revision: str
) -> None:
    upstream.answer("GET", f"/{sample.name}", Answer(200, sample.body, (("Content-Type", sample.content_type),)))
    async with over_http(server.url("mcp"), revision) as client:
        result = await client.call_tool(sample.name, {})

    assert result.is_error is False
    assert json.loads(text(result)) == [{"ship": "Zoë"}]


@each
def test_an_answer_that_is_not_of_the_format_is_refused(server: Running, upstream: Upstream, sample: Sample) -> None:
    upstream.answer("GET", f"/{sample.name}", Answer(200, sample.broken, (("Content-Type", sample.content_type),)))
    reply = request("GET", f"{server.url('rest')}/{sample.name}")

    assert assert_problem(reply, 502)["code"] == "NK8006"


def test_an_empty_answer_of_a_format_is_one(server: Running, upstream: Upstream) -> None:
    upstream.answer("GET", "/xml", Answer(200, b"", ()))
    assert (reply := request("GET", f"{server.url('rest')}/xml")).status == 200
    assert reply.body == b""


def test_while_a_large_answer_is_decoded_others_are_served(server: Running, upstream: Upstream) -> None:
    rows = b"ship\n" + b"Ada\n" * 200_000
    upstream.answer("GET", "/csv", Answer(200, rows, (("Content-Type", "text/csv"),)))
    reply = request("GET", f"{server.url('rest')}/csv")

    assert (reply.status, len(reply.json)) == (200, 200_000)
