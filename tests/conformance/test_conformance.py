"""Does the protocol's public conformance suite find anything wrong, with the fast path and without it?

The suite is an npm package. It is fetched once, into pytest's cache, and only where a person asks for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.mcp.application import McpEndpoint
from naftiko_runtime.plan.model.face import Tool
from naftiko_runtime.plan.model.function import Mock
from tests.conformance.offered import offered
from tests.mcp.conftest import listening
from tests.mcp.faces import asking, face_of, saying, tool_of, whole
from tests.upstream import Answer, Upstream

PACKAGE = "@modelcontextprotocol/conformance"
# The last release without `alpha` knows nothing of 2026-07-28.
VERSION = "0.2.0-alpha.12"
SWITCH = "NAFTIKO_TEST_CONFORMANCE"
SHIM = Path(__file__).with_name("node20.mjs")
HANDSHAKE, STATELESS = "2025-11-25", "2026-07-28"
# Every scenario that a server takes part in which asks its client for nothing, and tells it of lists alone.
SCENARIOS = {
    "server-initialize": [HANDSHAKE],
    "server-session-lifecycle": [HANDSHAKE],
    "server-stateless": [STATELESS],
    "ping": [HANDSHAKE],
    "tools-list": [HANDSHAKE, STATELESS],
    "tools-call-simple-text": [HANDSHAKE, STATELESS],
    "tools-call-image": [HANDSHAKE, STATELESS],
    "tools-call-audio": [HANDSHAKE, STATELESS],
    "tools-call-embedded-resource": [HANDSHAKE, STATELESS],
    "tools-call-error": [HANDSHAKE, STATELESS],
    "resources-list": [HANDSHAKE, STATELESS],
    "resources-read-text": [HANDSHAKE, STATELESS],
    "resources-read-binary": [HANDSHAKE, STATELESS],
    "resources-templates-read": [HANDSHAKE, STATELESS],
    "sep-2164-resource-not-found": [STATELESS],
    "prompts-list": [HANDSHAKE, STATELESS],
    "prompts-get-simple": [HANDSHAKE, STATELESS],
    "prompts-get-with-args": [HANDSHAKE, STATELESS],
    "server-sse-multiple-streams": [HANDSHAKE, STATELESS],
    "dns-rebinding-protection": [HANDSHAKE, STATELESS],
    "caching": [STATELESS],
    "http-header-validation": [STATELESS],
    "http-custom-header-server-validation": [STATELESS],
    "input-required-result-unsupported-methods": [STATELESS],
    "input-required-result-validate-input": [STATELESS],
    "json-schema-2020-12": [HANDSHAKE, STATELESS],
}
# These want a tool that asks its client for something, writes it a log, or changes a list.
UNTESTABLE = {
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
    "sep-2575-server-sends-tools-list-changed-on-subscription",
    "sep-2575-server-sends-prompts-list-changed-on-subscription",
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}

pytestmark = [
    pytest.mark.skipif(os.environ.get(SWITCH) != "1", reason=f"downloads {PACKAGE}; set {SWITCH}=1 to run"),
    pytest.mark.skipif(shutil.which("npm") is None or shutil.which("node") is None, reason="Node.js is not installed"),
]


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> list[str]:
    """The command that runs the suite."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir(f"conformance-{VERSION}")
    program = folder / "node_modules" / PACKAGE / "dist" / "index.js"
    if not program.exists():
        flags = ("--no-audit", "--no-fund", "--loglevel", "error")
        subprocess.run(["npm", "install", "--prefix", folder, *flags, f"{PACKAGE}@{VERSION}"], check=True, timeout=180)
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
    shim = ["--import", str(SHIM)] if int(version.removeprefix("v").split(".")[0]) < 22 else []
    return ["node", *shim, str(program), "server"]


def tools_of(upstream: Upstream) -> tuple[Tool, ...]:
    """The tools that the suite expects of a server, by the names and results it expects."""
    upstream.answer("GET", "/test_image_content", Answer(200, b"\x89PNG\r\n", (("Content-Type", "image/png"),)))
    upstream.answer("GET", "/test_audio_content", Answer(200, b"RIFF", (("Content-Type", "audio/wav"),)))
    upstream.answer("GET", "/test_embedded_resource", Answer(200, b"%PDF-", (("Content-Type", "application/pdf"),)))
    upstream.answer("GET", "/test_error_handling", Answer(500, b'{"message": "on purpose"}'))
    return (
        saying("test_simple_text", "This is a simple text response for testing."),
        asking("test_image_content", upstream.url),
        asking("test_audio_content", upstream.url),
        asking("test_embedded_resource", upstream.url),
        asking("test_error_handling", upstream.url, shape=whole),
        tool_of("test_custom_header", Mock(dict), {"region": {"type": "string", "x-mcp-header": "Region"}}),
        tool_of("json_schema_2020_12_tool", Mock(dict), description="A full schema.", input_schema=SCHEMA),
    )


@pytest.fixture(params=[True, False], ids=["fast", "official"])
async def url(request: pytest.FixtureRequest, upstream: Upstream, tmp_path: Path) -> AsyncIterator[str]:
    transport = HttpxUpstream()
    found = offered(tmp_path)
    face = replace(face_of(*tools_of(upstream)), resources=found.resources, prompts=found.prompts)
    records: list[RequestRecord] = []
    endpoint = McpEndpoint(face, Engine(transport), records.append, version="1.0.0", fast=request.param)
    async with endpoint.run(), listening(endpoint) as address:
        # The suite wants a name of this machine in the URL, to send another one in the headers.
        yield f"{address.replace('127.0.0.1', 'localhost')}/mcp"
    await transport.close()


def outcomes(folder: Path) -> set[tuple[str, str]]:
    """How each check of the one scenario that was run ended, but for those that only tell, or can't be made here."""
    (report,) = folder.glob("**/checks.json")
    checks = [(check["id"], check["status"]) for check in json.loads(report.read_text("utf-8"))]
    return {(name, status) for name, status in checks if status != "INFO" and name not in UNTESTABLE}


@pytest.mark.parametrize(
    ("scenario", "revision"), [(name, revision) for name, revisions in SCENARIOS.items() for revision in revisions]
)
async def test_the_suite_finds_nothing_wrong(
    suite: list[str], url: str, scenario: str, revision: str, tmp_path: Path
) -> None:
    command = (*suite, "--url", url, "--scenario", scenario, "--spec-version", revision, "-o", str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    found = outcomes(tmp_path)

    assert found, said.decode()
    assert {(name, status) for name, status in found if status != "SUCCESS"} == set()
