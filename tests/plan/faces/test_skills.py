from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.face import Invocation, SkillFace
from naftiko_runtime.spec.load import read_text

HARBOUR = """
naftiko: 1.0.0-alpha2
info: {label: Harbour}
capability:
  consumes:
  - namespace: desk
    type: http
    baseUri: http://127.0.0.1:9
    resources:
    - {name: berths, path: /berths, operations: [{name: find, method: GET}, {name: book, method: POST}]}
  exposes:
  - type: rest
    port: 8080
    namespace: front
    resources:
    - {path: /berths, operations: [{name: find-berths, method: GET, call: desk.find}]}
  - type: mcp
    port: 9090
    namespace: tools
    tools:
    - {name: book-berth, description: Book one., call: desk.book}
  - type: skill
    port: 3000
    namespace: pilots
    description: For pilots.
"""

TOOL = "    skills: [{name: s, description: d, tools: [{name: t, description: d, %s}]}]\n"
PAGES = "    skills: [{name: s, description: d, location: %s, tools: [{name: t, description: d, instruction: a.md}]}]\n"


def compiled(skills: str, folder: Path | None = None) -> Compilation:
    return compile_plan(read_text(HARBOUR + skills, "harbour.yaml", folder=folder), None)


def face_of(skills: str, folder: Path | None = None) -> SkillFace:
    plan = compiled(skills, folder).plan
    assert plan is not None
    [face] = plan.skills
    return face


def told(compilation: Compilation) -> list[tuple[str, str]]:
    return [(item.code, item.pointer.removeprefix("/capability/exposes/2")) for item in compilation.diagnostics]


def test_an_adapter_says_where_it_listens_and_what_it_is_for() -> None:
    face = face_of("")
    assert (face.namespace, face.address, face.port, face.description) == ("pilots", "127.0.0.1", 3000, "For pilots.")


@pytest.mark.parametrize(
    ("source", "invocation"),
    [
        ("from: {sourceNamespace: front, action: find-berths}", Invocation("front", "find-berths", "rest")),
        ("from: {sourceNamespace: tools, action: book-berth}", Invocation("tools", "book-berth", "mcp")),
        ("call: desk.book", Invocation("tools", "book-berth", "mcp")),
        ("call: desk.find", Invocation("front", "find-berths", "rest")),
    ],
)
def test_a_tool_says_how_it_is_invoked(source: str, invocation: Invocation) -> None:
    assert face_of(TOOL % source).skills[0].tools[0].invocation == invocation


def test_a_group_of_the_catalogue_is_a_skill() -> None:
    compilation = compiled("    groups: [{name: g, description: d, skills: [{name: t, call: desk.book}]}]\n")
    assert compilation.plan is not None
    [skill] = compilation.plan.skills[0].skills
    assert (skill.name, [tool.name for tool in skill.tools]) == ("g", ["t"])
    assert told(compilation) == [("NK2011", "/groups")]


def test_the_further_keys_of_a_skill_are_kept_as_they_are_written() -> None:
    skills = "    skills: [{name: s, description: d, license: MIT, user-invocable: false, metadata: {team: quay}}]\n"
    assert face_of(skills).skills[0].attributes == {
        "license": "MIT",
        "user-invocable": False,
        "metadata": {"team": "quay"},
    }


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        ("from: {sourceNamespace: tool, action: book-berth}", "from/sourceNamespace", "did you mean `tools`?"),
        ("from: {sourceNamespace: tools, action: book}", "from/action", "there are: book-berth"),
        ("from: {sourceNamespace: pilots, action: s}", "from/sourceNamespace", "there are: front, tools"),
        ("call: desk.cancel", "call", "there are: desk.book, desk.find"),
        ("instruction: a.md", "instruction", "write `location: file:///./folder`"),
    ],
)
def test_a_tool_that_leads_nowhere_is_refused(source: str, place: str, words: str) -> None:
    compilation = compiled(TOOL % source)
    assert told(compilation) == [("NK3017", f"/skills/0/tools/0/{place}")]
    assert words in compilation.diagnostics[0].help
    assert compilation.plan is None


@pytest.mark.parametrize("source", ["", "instruction: a.md, call: desk.find"])
def test_a_tool_says_one_thing(source: str) -> None:
    assert told(compiled(TOOL % source)) == [("NK3017", "/skills/0/tools/0")]


def test_of_two_skills_with_one_name_the_first_is_served() -> None:
    compilation = compiled("    skills: [{name: s, description: first}, {name: s, description: second}]\n")
    assert compilation.plan is not None
    assert [skill.description for skill in compilation.plan.skills[0].skills] == ["first"]
    assert told(compilation) == [("NK3015", "/skills/1/name")]


def test_a_page_that_is_there_is_told_of_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.md").write_text("# A")
    face = face_of(PAGES % "file:///./pages", tmp_path)
    assert face.skills[0].folder == tmp_path / "pages"
    assert (face.skills[0].tools[0].instruction, face.skills[0].tools[0].invocation) == ("a.md", None)
    assert told(compiled(PAGES % "file:///./pages", tmp_path)) == []


@pytest.mark.parametrize(
    ("location", "place", "has_folder"),
    [
        ("file:///./pages", "tools/0/instruction", True),
        ("file:///./later", "location", True),
        ("file:///elsewhere", "location", False),
        (f"file:///./{'x' * 300}", "location", True),
    ],
)
def test_pages_that_are_not_there_are_a_warning(tmp_path: Path, location: str, place: str, has_folder: bool) -> None:
    (tmp_path / "pages").mkdir()
    compilation = compiled(PAGES % location, tmp_path)
    assert told(compilation) == [("NK3016", f"/skills/0/{place}")]
    assert compilation.plan is not None
    assert (compilation.plan.skills[0].skills[0].folder is not None) == has_folder


def test_an_adapter_without_a_name_is_not_served() -> None:
    text = HARBOUR.replace("    namespace: pilots\n", "")
    assert compile_plan(read_text(text, "harbour.yaml"), None).plan is None
