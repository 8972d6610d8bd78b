"""The tutorial of the language, step by step, as it is written: only its upstreams are ours, and where it listens.

Every tool, operation and skill that a step declares is asked over the wire. Where the tutorial is not beside this
checkout, a capability of our own with the same parts proves the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.acceptance import shipyard
from tests.acceptance.verdicts import text
from tests.runner import ROOT, Running, listen_flags, request, running
from tests.upstream import Upstream

OFFICIAL = ROOT.parent / "shared" / "reference" / "official"
OWN = ROOT / "tests" / "fixtures" / "shipyard" / "shipyard.naftiko.yaml"
SERVER_TOKEN = re.compile(r'(?m)^mcp-server-token: "?([^"\n]+)')
NAMESPACES = ("shipyard-tools", "shipyard-api", "shipyard-skills")
TOOLS: dict[str, tuple[dict[str, Any], object]] = {
    "list-ships": ({"status": "docked"}, shipyard.SHORT[1:]),
    "get-ship": ({"imo": "IMO-1"}, {**shipyard.SHORT[0], "specs": shipyard.SPECS}),
    "list-legacy-vessels": ({}, shipyard.LEGACY),
    "create-voyage": (shipyard.PLANNED, shipyard.CREATED),
    "get-ship-with-crew": ({"imo": "IMO-1"}, shipyard.WITH_CREW),
    "get-voyage-manifest": ({"voyageId": "V-1"}, shipyard.MANIFEST),
}
OPERATIONS: dict[str, tuple[str, str, object]] = {
    "list-ships": ("GET", "/ships?status=docked", shipyard.SHORT[1:]),
    "get-ship": ("GET", "/ships/IMO-1", {**shipyard.SHORT[0], "specs": shipyard.SPECS}),
    "list-legacy-vessels": ("GET", "/legacy/vessels", shipyard.LEGACY),
    "create-voyage": ("POST", "/voyages", shipyard.CREATED),
    "get-ship-with-crew": ("GET", "/ships/IMO-1/crew", shipyard.WITH_CREW),
    "get-voyage-manifest": ("GET", "/voyages/V-1/manifest", shipyard.FLAT_MANIFEST),
}


def _steps() -> Iterator[Any]:
    for generation in ("alpha2", "ikanos-beta5"):
        for number in range(1, 12):
            found = sorted((OFFICIAL / generation / "tutorial").glob(f"step-{number}-*.yml"))
            skip = [] if found else [pytest.mark.skip(reason="the tutorial is not beside this checkout")]
            yield pytest.param(found[0] if found else None, number, marks=skip, id=f"{generation}-{number}")
    yield pytest.param(OWN, 11, id="own")


every_step = pytest.mark.parametrize(("file", "number"), list(_steps()))


@contextmanager
def _served(file: Path, upstream: Upstream) -> Iterator[Running]:
    shipyard.open_for_business(upstream)
    written = file.read_text()
    declared = [name for name in NAMESPACES if name in written]
    consumed = [name for name in ("registry", "legacy") if re.search(rf"(import|namespace): {name}\b", written)]
    addresses = [part for name in consumed for part in ("--upstream", f"{name}={upstream.url}")]
    with running("run", str(file), *addresses, *listen_flags(declared)) as run:
        yield run


def _credential(file: Path) -> dict[str, str]:
    """The header with the token that a file asks callers for, if it does."""
    if "MCP_SERVER_TOKEN" not in file.read_text():
        return {}
    found = SERVER_TOKEN.search((file.parent / "shared" / "secrets.yaml").read_text())
    assert found is not None
    return {"authorization": f"Bearer {found[1]}"}


@asynccontextmanager
async def _client(run: Running, headers: dict[str, str]) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False) as http,
        Client(streamable_http_client(run.url("mcp"), http_client=http), read_timeout_seconds=15) as client,
    ):
        yield client


@every_step
async def test_every_face_of_a_step_answers_as_it_says(file: Path, number: int, upstream: Upstream) -> None:
    with _served(file, upstream) as run:
        async with _client(run, _credential(file)) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            results = {name: await client.call_tool(name, _arguments(name, number)) for name in tools}
        _ask_others(run, file, number)

    assert tools
    for name, result in results.items():
        assert result.is_error is False, (name, text(result))
        assert json.loads(text(result)) == _expected(name, number), name
    _assert_credentials(upstream)


def _ask_others(run: Running, file: Path, number: int) -> None:
    """Ask the REST and skill adapters of a step, if it has them."""
    written = file.read_text()
    if "shipyard-api" in written:
        described = request("GET", f"{run.url('rest')}/openapi.json").json
        for name in (item["operationId"] for path in described["paths"].values() for item in path.values()):
            method, path, expected = OPERATIONS[name]
            if (number, name) == (7, "list-legacy-vessels"):
                # There the tutorial takes the root of the document for its list: one element without the fields.
                expected = [dict.fromkeys(shipyard.LEGACY[0])]
            body = json.dumps(shipyard.PLANNED).encode() if method == "POST" else None
            reply = request(method, run.url("rest") + path, body, {"content-type": "application/json"} if body else {})
            assert (reply.status, reply.json) == (201 if body else 200, expected), name
    if "shipyard-skills" in written:
        skills = request("GET", run.url("skill")).json["skills"]
        assert [skill["name"] for skill in skills] == ["fleet-ops", "voyage-ops"]


def _assert_credentials(upstream: Upstream) -> None:
    """Each upstream got its own credential, and never the other's."""
    for received in upstream.requests:
        credentials = received.header("authorization"), received.header("x-dock-key")
        is_legacy = received.path == "/vessels"
        assert credentials in ((None, shipyard.KEY),) if is_legacy else credentials[1] is None


def _arguments(name: str, number: int) -> dict[str, Any]:
    return {"imo_number": "IMO-1"} if number == 1 else TOOLS[name][0]


def _expected(name: str, number: int) -> object:
    """What a tool gives at a step: the first answers from the file itself, specs come with the fourth."""
    if number == 1:
        return {"imo": "IMO-1", "name": "Northern Star", "type": "cargo", "flag": "NO", "status": "active"}
    return shipyard.SHORT[0] if name == "get-ship" and number < 4 else TOOLS[name][1]
