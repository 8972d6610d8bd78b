"""Everything that `docs/catalogue.md` says of files as people write them, asked of one process that serves them all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.acceptance.catalogue import ENVIRONMENT, ROWS, SECRET, Row
from tests.runner import ROOT, Reply, Running, command, request, running
from tests.upstream import Received, Upstream

PAGE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
ROW_OF_A_TABLE = re.compile(r"^\| (?!Written)(.+) \| (.+) \| (.*?) ?\|$", re.MULTILINE)
LINES = ROW_OF_A_TABLE.findall(PAGE)
# Where all share a port, nobody sees that an adapter has none; `tests/host/places/test_layout.py` has it.
# A token has to be had from a server of its own first; `tests/engine/authentication` has that.
ELSEWHERE = {
    "an adapter without a port",
    "`oauth2` with the keys of a client, `tokenUrl` or `tokenUri` for `tokenEndpoint`",
}
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


class Served(NamedTuple):
    """All rows, served by one process, and what is told of each file, by its name."""

    process: Running
    base: str
    told: dict[str, set[str]]


def name_of(row: Row) -> str:
    return f"row-{ROWS.index(row)}"


@pytest.fixture(scope="module")
def served(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("catalogue")
    for row in ROWS:
        (folder / f"{name_of(row)}.yaml").write_text(row.text(name_of(row), upstream_server.url), encoding="utf-8")
    told: dict[str, set[str]] = {}
    for item in json.loads(command("validate", str(folder), "--format", "json").out):
        told.setdefault(Path(item["file"]).stem, set()).add(item["code"])
    with running("run", str(folder), "--partial", "--port", "0", env=ENVIRONMENT) as process:
        yield Served(process, process.url("rest", "row-0-rest").rpartition("/row-0-rest")[0], told)


def ask(served: Served, row: Row) -> Reply:
    """Ask what a row asks; the reply to a tool call is its result."""
    if row.arguments is None:
        method, _, target = row.ask.partition(" ")
        body = None if row.body is None else json.dumps(row.body).encode()
        return request(method, f"{served.base}/{name_of(row)}-rest{target}", body, JSON if body else {})
    params = {"name": row.ask, "arguments": row.arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return request("POST", f"{served.base}/{name_of(row)}-mcp/mcp", json.dumps(message).encode(), JSON)


def arrived(received: Received) -> str:
    """A request as rows write it."""
    query = received.query.replace("%5B", "[").replace("%5D", "]").replace("%24", "$").replace("%3A", ":")
    return f"{received.method} {received.path}" + (f"?{query}" if query else "")


def result_of(reply: Reply) -> Any:
    return reply.json["result"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.status == 200], ids=lambda row: row.words)
def test_what_a_file_plainly_means_is_served(served: Served, upstream: Upstream, row: Row) -> None:
    reply = ask(served, row)

    assert reply.status == 200, reply.body
    if row.arguments is not None:
        assert result_of(reply)["isError"] is False, reply.body
    if row.sent:
        assert arrived(upstream.only) == row.sent
        if row.sent_body is not None:
            assert (upstream.only.json if upstream.only.body else b"") == row.sent_body
        assert [(key, upstream.only.header(key)) for key, _ in row.sent_headers] == list(row.sent_headers)
    else:
        assert (upstream.requests, reply.json) == ([], row.answer)


@pytest.mark.parametrize("row", [row for row in ROWS if row.status != 200], ids=lambda row: row.words)
def test_what_means_nothing_is_left_out_alone_and_says_why(served: Served, upstream: Upstream, row: Row) -> None:
    reply, fine = ask(served, row), request("GET", f"{served.base}/{name_of(row)}-rest/fine")

    if row.arguments is None:
        assert (reply.status, reply.json["code"], reply.media_type) == (
            row.status, row.told[-1], "application/problem+json",
        )  # fmt: skip
        assert (f"{name_of(row)}.yaml:" in reply.json["detail"]) == (row.status == 501)
    else:
        assert result_of(reply)["isError"] is True
        assert result_of(reply)["content"][0]["text"].startswith(f"{row.told[-1]}: left out: ")
    assert fine.status == 200
    assert arrived(upstream.only) == "GET /spare/fine"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_what_the_page_says_is_told_is_told(served: Served, row: Row) -> None:
    [told] = [line[2] for line in LINES if line[0] == row.words]
    codes = set(re.findall(r"NK\d{4}", told))
    at_load = {code for code in row.told if not code.startswith("NK8")}

    assert at_load <= codes | {"NK2011"}
    assert at_load <= served.told.get(name_of(row), set())
    # Names, types and pathless outputs are everywhere in these files; only what a row is about counts here.
    assert served.told.get(name_of(row), set()) - {"NK2011"} <= codes | {"NK2011"}


def test_each_line_of_the_page_has_a_row_and_each_row_its_line() -> None:
    assert {line[0] for line in LINES} - ELSEWHERE == {row.words for row in ROWS}


def test_nothing_that_was_printed_holds_a_secret(served: Served) -> None:
    assert SECRET not in served.process.err
