"""What is wrong with resources and prompts is told at load, at its place."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.face import McpFace
from naftiko_runtime.plan.model.offerings import Files, Resource
from naftiko_runtime.plan.model.uris import UriError, parse_uri
from naftiko_runtime.spec.load import read_text

HARBOUR = """
naftiko: 1.0.0-alpha2
info: {label: Harbour}
capability:
  binds: [{namespace: keys, keys: {SECRET: KEY}}]
  consumes:
  - namespace: desk
    type: http
    baseUri: http://127.0.0.1:9
    resources:
    - name: berths
      path: /berths/{berth}
      operations:
      - {name: find, method: GET, inputParameters: [{name: size, in: query, type: integer}]}
  exposes:
  - type: mcp
    port: 9090
    namespace: tools
"""
MESSAGE = "{name: a, template: [{role: user, content: x}]}"
OFFERED = "/capability/exposes/0"

LONG = "x" * 300
"""More than a file's name can have."""


def compiled(offered: str, folder: Path | None = None, *, partial: bool = False) -> Compilation:
    return compile_plan(read_text(f"{HARBOUR}    {offered}\n", "harbour.yaml", folder=folder), None, partial=partial)


def face_of(offered: str, folder: Path | None = None, *, partial: bool = False) -> McpFace:
    plan = compiled(offered, folder, partial=partial).plan
    assert plan is not None
    return plan.mcp[0]


def told(compilation: Compilation) -> list[tuple[str, str]]:
    found = [item for item in compilation.diagnostics if item.code != "NK2011"]
    return [(item.code, item.pointer.removeprefix(OFFERED)) for item in found]


def resource(more: str, uri: str = "x://y") -> str:
    return f"resources: [{{name: r, uri: '{uri}', {more}}}]"


def prompt(text: str, arguments: str = "") -> str:
    return f"prompts: [{{name: p, template: [{{role: user, content: '{text}'}}]{arguments}}}]"


@pytest.mark.parametrize(
    ("offered", "code", "pointer"),
    [
        (resource("call: desk.find"), "NK4003", "/resources/0/uri"),
        (resource("call: desk.find", "x://{dock}"), "NK4003", "/resources/0/uri"),
        (
            resource("call: desk.find, with: {berth: tools.berth, size: tools.colour}", "x://{berth}"),
            "NK4003",
            "/resources/0/uri",
        ),
        (resource("call: desk.fnd", "x://{berth}"), "NK3001", "/resources/0/call"),
        (resource("description: x"), "NK3010", "/resources/0"),
        (resource("call: desk.find", "/y"), "NK4020", "/resources/0/uri"),
        (resource("call: desk.find", "x://{+berth}"), "NK4020", "/resources/0/uri"),
        (resource("call: desk.find", "x://{berth"), "NK4020", "/resources/0/uri"),
        (resource("call: desk.find", "x://{berth}/{berth}"), "NK4020", "/resources/0/uri"),
        (resource("call: desk.find", "x:// {berth}"), "NK4020", "/resources/0/uri"),
        (resource("location: ./a, call: desk.find"), "NK3020", "/resources/0/location"),
        (resource("location: ./a", "x://{a}"), "NK4020", "/resources/0/uri"),
        (resource("location: ../a"), "NK2014", "/resources/0/location"),
        (resource("location: file:///etc"), "NK2014", "/resources/0/location"),
        ("prompts: [{name: p, location: ./nowhere.md}]", "NK2014", "/prompts/0/location"),
        (prompt("{{x}}"), "NK4003", "/prompts/0/template/0/content"),
        (prompt("{{SECRET}}"), "NK4003", "/prompts/0/template/0/content"),
        (prompt("{{whoo}}", ", arguments: [{name: who}]"), "NK4003", "/prompts/0/template/0/content"),
        (prompt("a", ", arguments: [{name: a}, {name: a}]"), "NK4004", "/prompts/0/arguments/1/name"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, offered: str, code: str, pointer: str) -> None:
    compilation = compiled(offered, tmp_path)

    assert compilation.plan is None
    assert told(compilation) == [(code, pointer)]


@pytest.mark.parametrize(
    ("offered", "code", "pointer"),
    [
        (
            "resources: [{name: a, uri: 'x://a', call: desk.find, with: {berth: '1'}},"
            " {name: b, uri: 'x://a', location: ./b}]",
            "NK3040",
            "/resources/1/uri",
        ),
        (
            f"prompts: [{MESSAGE}, {MESSAGE}]",
            "NK3040",
            "/prompts/1/name",
        ),
        (resource("location: ./later"), "NK3041", "/resources/0/location"),
        (resource(f"location: ./{LONG}"), "NK3041", "/resources/0/location"),
    ],
)
def test_what_is_odd_is_served_and_told(tmp_path: Path, offered: str, code: str, pointer: str) -> None:
    compilation = compiled(offered, tmp_path)
    plan = compilation.plan

    assert plan is not None
    assert len([*plan.mcp[0].resources, *plan.mcp[0].prompts]) == 1
    assert told(compilation) == [(code, pointer)]


def test_the_help_names_what_is_meant() -> None:
    told = compiled(prompt("{{whoo}}", ", arguments: [{name: who}]")).diagnostics[-1].help
    more = compiled(resource("call: desk.find", "x://{bertha}")).diagnostics[-1].help

    assert told == "did you mean `{{who}}`? arguments here: who"
    assert more == "did you mean `bertha`? placeholders here: bertha"


def test_what_is_wrong_is_left_out_alone(tmp_path: Path) -> None:
    offered = (
        "resources: [{name: a, uri: x://a, call: desk.find}, {name: b, uri: y, location: ./b},"
        " {name: c, uri: x://c, location: .}]\n"
        "    prompts: [{name: a, template: [{role: user, content: '{{x}}'}]},"
        " {name: b, template: [{role: user, content: x}]}]"
    )
    face = face_of(offered, tmp_path, partial=True)

    assert [(item.name, item.is_left_out) for item in face.resources] == [("a", True), ("c", False)]
    assert [item.name for item in face.prompts] == ["b"]


def test_a_file_of_prompts_alone_with_an_error_serves_the_others() -> None:
    offered = f"prompts: [{MESSAGE}, {{name: b, template: [{{role: user, content: '{{{{x}}}}'}}]}}]"

    assert [item.name for item in face_of(offered, partial=True).prompts] == ["a"]


def test_a_resource_takes_the_type_of_what_its_placeholder_feeds() -> None:
    [ship] = face_of(resource("call: desk.find, with: {berth: tools.b, size: tools.s}", "x://{b}/{s}")).resources

    assert isinstance(ship, Resource)
    assert ship.function.admit({"b": "1", "s": "5"}) == {"b": "1", "s": 5}


def test_what_the_schema_refuses_is_not_told_again() -> None:
    odd = compiled("prompts: [{name: p, template: [{role: nobody, content: x}]}]\n    resources: [{name: r, uri: []}]")

    assert {item.code for item in odd.diagnostics if item.is_error} == {"NK2003", "NK2004"}


def test_a_value_that_looks_like_a_placeholder_stays() -> None:
    [ask] = face_of(prompt("{{a}} {{ b }} {c}", ", arguments: [{name: a}, {name: b}]")).prompts

    assert [message.text({"a": "{{b}}"}) for message in ask.messages] == ["{{b}}  {c}"]


def test_files_are_where_the_location_says(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    [files] = face_of(resource("location: file:///./a, mimeType: text/plain"), tmp_path).resources

    assert isinstance(files, Files)
    assert (files.uri, files.path, files.mime_type, files.is_left_out) == ("x://y", tmp_path / "a", "text/plain", False)


@pytest.mark.parametrize(
    ("said", "caching"), [("", None), ("ttlMs: 5", (5, None)), ("cacheScope: public", (None, "public"))]
)
def test_caching_is_as_the_text_says(said: str, caching: object) -> None:
    text = f"{HARBOUR}    tools: [{{name: t, description: d, outputParameters: [{{type: string, value: x}}]}}]\n"
    text = text.replace("naftiko: 1.0.0-alpha2", "ikanos: 1.0.0-beta5") if said else text
    plan = compile_plan(read_text(f"{text}    {said}\n", "harbour.yaml"), None).plan

    assert plan is not None
    assert plan.mcp[0].caching == caching


values = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(one=values, other=values)
def test_what_a_client_expands_is_understood(one: str, other: str) -> None:
    template = parse_uri("x://a.b/{one}-{two}/c?d")
    expanded = f"x://a.b/{quote(one, safe='')}-{quote(other, safe='').replace('-', '%2D')}/c?d"

    assert template.match(expanded) == {"one": one, "two": other}


@pytest.mark.parametrize(
    "uri",
    ["x://ab/1-2/c?d", "x://a.b/1-2/c", "x://a.b/-2/c?d", "x://a.b/1/2-3/c?d", "x://a.b/%-2/c?d", "x://a.b/%ff-2/c?d"],
)
def test_another_uri_is_none_of_a_template(uri: str) -> None:
    assert parse_uri("x://a.b/{one}-{two}/c?d").match(uri) is None


def test_a_uri_without_placeholders_is_itself_alone() -> None:
    uri = parse_uri("https://harbour.example/a%20b")

    assert (uri.match("https://harbour.example/a%20b"), uri.match("https://harbour.example/a b")) == ({}, None)


@pytest.mark.parametrize(
    "uri", ["", "x:", "1x://y", "x://y\n", "x://{}", "x://{{#a}}", "x://{a,b}", "x://{a*}", "x://{a:3}"]
)
def test_what_is_no_uri_is_refused(uri: str) -> None:
    with pytest.raises(UriError):
        parse_uri(uri)
