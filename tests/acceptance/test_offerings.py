"""What an MCP adapter offers besides tools: resources and prompts, from the text to clients of both eras."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from mcp import Client, MCPError

from tests.acceptance.clients import ERAS, over_http
from tests.runner import Running, running
from tests.upstream import Answer, Upstream

CAPABILITY = """\
naftiko: 1.0.0-alpha2
info: {label: Harbour, description: A harbour.}
capability:
  consumes:
  - type: http
    namespace: registry
    baseUri: https://registry.invalid/v1
    resources:
    - name: ships
      path: /ships
      operations:
      - name: list-ships
        method: GET
        inputParameters: [{name: flag, in: query}, {name: crew, in: query, type: integer}]
    - name: ship
      path: /ships/{ship_name}
      operations:
      - {name: get-ship, method: GET}
      - {name: get-plan, method: GET, outputRawFormat: binary}
  exposes:
  - type: mcp
    namespace: harbour
    port: 9090
    description: Ships.
    tools:
    - {name: list-ships, description: Ships., call: registry.list-ships}
    resources:
    - name: all-ships
      label: All ships
      uri: harbour://ships
      description: Every ship.
      call: registry.list-ships
      outputParameters:
      - type: array
        mapping: $.items
        items: {type: object, properties: {name: {type: string, mapping: $.full_name}}}
    - name: ship
      label: One ship
      uri: harbour://ships/{ship-name}
      description: A ship by its name.
      mimeType: application/vnd.ship+json
      call: registry.get-ship
    - name: flagged
      label: Ships of a flag
      uri: harbour://flags/{flag}/crews/{crew}
      description: Ships of a flag.
      call: registry.list-ships
      with: {flag: harbour.flag, crew: harbour.crew}
    - {name: plan, label: Plan, uri: "harbour://plans/{ship_name}", description: A plan., call: registry.get-plan}
    - name: motto
      label: Motto
      uri: harbour://mottos/{who}
      description: What we say.
      outputParameters: [{name: motto, type: string, value: "Ahoy {{who}}"}]
    - name: voyage
      label: Voyage
      uri: harbour://voyages/{who}
      description: A ship and how many there are.
      steps:
      - {name: ship, type: call, call: registry.get-ship, with: {ship_name: harbour.who}}
      - {name: fleet, type: call, call: registry.list-ships}
      mappings:
      - {targetName: ship.name, value: $.ship.full_name}
      - {targetName: fleet, value: $.fleet.items.length()}
    - name: manual
      label: The manual
      uri: harbour://manual
      description: How to moor.
      location: file:///./manual
    - {name: rules, label: Rules, uri: harbour://rules, location: ./manual/rules, mimeType: text/markdown}
    prompts:
    - name: greet
      label: Greeting
      description: Greets a ship.
      arguments:
      - {name: ship-name, label: Ship, description: The ship.}
      - {name: tone, description: How., required: false}
      template:
      - {role: user, content: "Greet {{ship_name}} {{ tone }}! {{#not}} { a: 1 }"}
      - {role: assistant, content: Ahoy.}
    - {name: mooring, label: Mooring, description: How to moor., location: ./manual/how to.txt}
"""
LIST = {"items": [{"full_name": "Ada", "crew": 9}]}


class Served(NamedTuple):
    folder: Path
    run: Running

    @property
    def url(self) -> str:
        return self.run.url("mcp")


def write_files(folder: Path) -> None:
    manual = folder / "manual"
    (manual / "deep").mkdir(parents=True)
    (manual / "how to.txt").write_text("Moor slowly, {ship}.")
    (manual / "rules").write_text("# Rules\n")
    (manual / "deep" / "knot.png").write_bytes(b"\x89PNG\x00")
    (manual / "deep" / "page.md").write_text("é")
    (manual / ".hidden").write_text("secret")
    (folder / "outside.txt").write_text("secret")
    (manual / "leak.txt").symlink_to(folder / "outside.txt")


@pytest.fixture(scope="module")
def served(upstream_server: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("harbour")
    write_files(folder)
    file = folder / "harbour.naftiko.yaml"
    file.write_text(CAPABILITY)
    with running("run", str(file), "--upstream", f"registry={upstream_server.url}", "--port", "0") as run:
        yield Served(folder, run)


@pytest.mark.parametrize("era", ERAS)
async def test_resources_are_listed_and_files_below_them(served: Served, era: str) -> None:
    async with over_http(served.url, era) as client:
        listed = await client.list_resources()

    assert [(item.name, item.uri, item.mime_type, item.size) for item in listed.resources] == [
        ("all-ships", "harbour://ships", None, None),
        ("manual/deep/knot.png", "harbour://manual/deep/knot.png", "image/png", 5),
        ("manual/deep/page.md", "harbour://manual/deep/page.md", "text/markdown", 2),
        ("manual/how to.txt", "harbour://manual/how%20to.txt", "text/plain", 20),
        ("manual/rules", "harbour://manual/rules", None, 8),
        ("rules", "harbour://rules", "text/markdown", 8),
    ]
    assert (listed.resources[0].title, listed.resources[0].description) == ("All ships", "Every ship.")


@pytest.mark.parametrize("era", ERAS)
async def test_templates_are_listed_as_clients_expand_them(served: Served, era: str) -> None:
    async with over_http(served.url, era) as client:
        listed = await client.list_resource_templates()

    assert [(item.name, item.uri_template, item.mime_type) for item in listed.resource_templates] == [
        ("ship", "harbour://ships/{ship_name}", "application/vnd.ship+json"),
        ("flagged", "harbour://flags/{flag}/crews/{crew}", None),
        ("plan", "harbour://plans/{ship_name}", None),
        ("motto", "harbour://mottos/{who}", None),
        ("voyage", "harbour://voyages/{who}", None),
    ]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("uri", "path", "query", "kind", "text"),
    [
        ("harbour://ships", "/ships", "", "application/json", '[{"name":"Ada"}]'),
        ("harbour://ships/a%2Fb%20c", "/ships/a%2Fb%20c", "", "application/vnd.ship+json", '{"items": 1}'),
        (
            "harbour://flags/%C3%A9%26/crews/5",
            "/ships",
            "flag=%C3%A9%26&crew=5",
            "application/json",
            '{"items": 1}',
        ),
    ],
)
async def test_a_resource_is_what_its_call_answers(
    served: Served,
    upstream: Upstream,
    era: str,
    uri: str,
    path: str,
    query: str,
    kind: str,
    text: str,
) -> None:
    content = b'{"items": [{"full_name": "Ada"}]}' if uri == "harbour://ships" else b'{"items": 1}'
    upstream.answer("GET", "*", Answer(200, content))
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource(uri)).contents

    assert (found.uri, found.mime_type, found.text) == (uri, kind, text)
    assert (upstream.only.path, upstream.only.query) == (path, query)


@pytest.mark.parametrize("era", ERAS)
async def test_a_resource_may_take_steps(served: Served, upstream: Upstream, era: str) -> None:
    upstream.answer("GET", "/ships", Answer(200, b'{"items": [1, 2]}'))
    upstream.answer("GET", "/ships/a%2Fb", Answer(200, b'{"full_name": "Ada"}'))
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource("harbour://voyages/a%2Fb")).contents

    assert found.text == '{"ship":{"name":"Ada"},"fleet":2}'


@pytest.mark.parametrize("era", ERAS)
async def test_a_step_that_fails_is_an_error(served: Served, upstream: Upstream, era: str) -> None:
    upstream.answer("GET", "*", Answer(500, b"no", (("Content-Type", "text/plain"),)))
    async with over_http(served.url, era) as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource("harbour://voyages/Ada")

    assert refused.value.error.code == -32603
    assert "`ship`" in refused.value.error.message


@pytest.mark.parametrize("era", ERAS)
async def test_a_binary_answer_is_a_blob(served: Served, upstream: Upstream, era: str) -> None:
    upstream.answer("GET", "*", Answer(200, b"\x00PDF", (("Content-Type", "application/pdf"),)))
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource("harbour://plans/Ada")).contents

    assert (found.mime_type, base64.b64decode(found.blob)) == ("application/pdf", b"\x00PDF")


@pytest.mark.parametrize("era", ERAS)
async def test_a_resource_of_values_asks_nobody(served: Served, upstream: Upstream, era: str) -> None:
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource("harbour://mottos/%7B%7Bwho%7D%7D")).contents

    assert found.text == '{"motto":"Ahoy {{who}}"}'


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("uri", "kind", "text"),
    [
        ("harbour://manual/how%20to.txt", "text/plain", "Moor slowly, {ship}."),
        ("harbour://manual/deep/page.md", "text/markdown", "é"),
        ("harbour://manual/rules", "text/plain", "# Rules\n"),
        ("harbour://rules", "text/markdown", "# Rules\n"),
    ],
)
async def test_files_are_read(served: Served, era: str, uri: str, kind: str, text: str) -> None:
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource(uri)).contents

    assert (found.uri, found.mime_type, found.text) == (uri, kind, text)


@pytest.mark.parametrize("era", ERAS)
async def test_a_binary_file_is_a_blob(served: Served, era: str) -> None:
    async with over_http(served.url, era) as client:
        (found,) = (await client.read_resource("harbour://manual/deep/knot.png")).contents

    assert (found.mime_type, base64.b64decode(found.blob)) == ("image/png", b"\x89PNG\x00")


@pytest.mark.parametrize(("era", "code"), [(ERAS[0], -32002), (ERAS[1], -32602)])
@pytest.mark.parametrize(
    "uri",
    [
        "harbour://nothing",
        "harbour://manual",
        "harbour://manual/deep",
        "harbour://manual/",
        "harbour://manual/../outside.txt",
        "harbour://manual/%2e%2e/outside.txt",
        "harbour://manual/..%2foutside.txt",
        "harbour://manual/deep%2fpage.md",
        "harbour://manual/%00",
        "harbour://manual/%ff",
        "harbour://manual/leak.txt",
        "harbour://manual/.hidden",
        "harbour://rules/x",
        "harbour://ships/a/b",
        "harbour://ships/%",
        "harbour://ships/%ff",
        "harbour://ships/?a=b",
    ],
)
async def test_what_is_no_resource_is_not_found(served: Served, era: str, code: int, uri: str) -> None:
    async with over_http(served.url, era) as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)

    assert refused.value.error.code == code
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("uri", "status", "code", "told"),
    [
        ("harbour://ships/Ada", 500, -32603, "upstream answered 500 for /ships/Ada: no"),
        ("harbour://flags/x/crews/many", 200, -32602, "crew"),
        ("harbour://ships/..", 200, -32602, "ship-name"),
    ],
)
async def test_a_call_that_fails_is_an_error(
    served: Served, upstream: Upstream, era: str, uri: str, status: int, code: int, told: str
) -> None:
    upstream.answer("GET", "*", Answer(status, b"no", (("Content-Type", "text/plain"),)))
    async with over_http(served.url, era) as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)

    assert refused.value.error.code == code
    assert told in refused.value.error.message


@pytest.mark.parametrize("era", ERAS)
async def test_prompts_are_listed(served: Served, era: str) -> None:
    async with over_http(served.url, era) as client:
        listed = await client.list_prompts()

    greet, mooring = listed.prompts
    assert (greet.name, greet.title, greet.description) == ("greet", "Greeting", "Greets a ship.")
    assert [(item.name, item.title, item.required) for item in greet.arguments or ()] == [
        ("ship-name", "Ship", True),
        ("tone", None, False),
    ]
    assert (mooring.name, mooring.arguments) == ("mooring", None)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"ship-name": "Ada", "tone": "loudly"}, "Greet Ada loudly! {{#not}} { a: 1 }"),
        ({"ship-name": "{{tone}}", "tone": "{{ship_name}}"}, "Greet {{tone}} {{ship_name}}! {{#not}} { a: 1 }"),
        ({"ship-name": "Ada"}, "Greet Ada ! {{#not}} { a: 1 }"),
    ],
)
async def test_a_prompt_is_filled_in_once(served: Served, era: str, arguments: dict[str, str], text: str) -> None:
    async with over_http(served.url, era) as client:
        prompt = await client.get_prompt("greet", arguments)

    assert prompt.description == "Greets a ship."
    assert [(item.role, item.content.text) for item in prompt.messages] == [("user", text), ("assistant", "Ahoy.")]


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_of_a_file_is_one_message(served: Served, era: str) -> None:
    async with over_http(served.url, era) as client:
        prompt = await client.get_prompt("mooring")

    assert [(item.role, item.content.text) for item in prompt.messages] == [("user", "Moor slowly, {ship}.")]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("greet", {}, ["ship-name: is required"]),
        ("greet", {"ship_name": "x", "b": "y"}, ["ship-name: is required", "ship_name: ", "b: is no argument"]),
        ("nobody", {}, ["Unknown prompt: nobody"]),
    ],
)
async def test_a_prompt_that_can_not_be_filled_in_is_refused(
    served: Served, era: str, name: str, arguments: dict[str, str], told: list[str]
) -> None:
    async with over_http(served.url, era) as client:
        with pytest.raises(MCPError) as refused:
            await client.get_prompt(name, arguments)

    assert refused.value.error.code == -32602
    assert [text for text in told if text not in refused.value.error.message] == []


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_what_is_declared_is_told_as_capability(served: Served, mode: str) -> None:
    async with Client(served.url, mode=mode, read_timeout_seconds=10) as client:
        told = client.server_capabilities

    assert told.tools is not None
    assert told.resources is not None
    assert told.prompts is not None
    assert (told.resources.subscribe, told.resources.list_changed, told.prompts.list_changed) == (False, True, True)
