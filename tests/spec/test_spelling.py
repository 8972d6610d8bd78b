from __future__ import annotations

import pytest

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.load import read_text
from tests.spec.places import marked, place

DESK = """\
ikanos: 1.0.0-beta5
info: {display: Desk, description: Notes of a desk.}
capability:
  consumes:
    - type: http
      namespace: desk
      baseUri: https://desk.example
      resources:
        notes:
          display: Notes
          path: /notes/{id}
          operations:
            read-note:
              method: GET
              inputParameters:
                id: {in: path}
  exposes:
    - type: mcp
      namespace: desk-mcp
      port: 9090
      tools:
        read-note:
          display: Read
          description: Reads a note.
          call: desk.read-note
          with: {id: desk-mcp.id}
          inputParameters:
            id: {type: string, description: Which note.}
          outputParameters:
            - {type: string, mapping: $.text}
"""


def changed(old: str, new: str) -> str:
    assert old in DESK
    return DESK.replace(old, new, 1)


def told(text: str, *, strict: bool = False) -> tuple[Diagnostic, ...]:
    return compile_plan(read_text(text, "desk.yaml", strict=strict), None).diagnostics


@pytest.mark.parametrize("strict", [False, True])
def test_a_right_file_is_served(strict: bool) -> None:
    reading = read_text(DESK, "desk.yaml", strict=strict)

    assert compile_plan(reading, None).diagnostics == ()
    assert reading.spec is not None
    assert (reading.spec.version, reading.spec.info.label) == ("1.0.0-beta5", "Desk")
    [tool] = reading.spec.mcp[0].tools
    assert (tool.name, tool.label) == ("read-note", "Read")


MISTAKES = [
    # what is wrong, code, JSON Pointer, words of the message, words of the help
    ("{display: Desk", "{‸displey: Desk", "NK2001", "/info/displey", "`displey` is not a key", "you mean `display`?"),
    ("{display: Desk", "{‸label: Desk", "NK2001", "/info/label", "`label` is not a key", "known keys: display, title"),
    (
        "          display: Read\n",
        "          ‸display: []\n",
        "NK2003",
        "/capability/exposes/0/tools/read-note/display",
        "`display` must be text",
        "",
    ),
    (
        "        read-note:\n          display",
        "        read-note:\n          ‸name: x\n          display",
        "NK2001",
        "/capability/exposes/0/tools/read-note/name",
        "`name` is not a key of a tool",
        "known keys: display, description",
    ),
    (
        "          call: desk.read-note\n",
        "          ‸cal: desk.read-note\n",
        "NK2001",
        "/capability/exposes/0/tools/read-note/cal",
        "`cal` is not a key of a tool",
        "did you mean `call`?",
    ),
    (
        "              method: GET\n",
        "",
        "NK2002",
        "/capability/consumes/0/resources/notes/operations/read-note",
        "a consumed operation needs `method`",
        "add `method`",
    ),
    (
        "          inputParameters:\n            id: {type: string, description: Which note.}\n",
        "          inputParameters: ‸5\n",
        "NK2003",
        "/capability/exposes/0/tools/read-note/inputParameters",
        "`inputParameters` must be a mapping, found the number 5",
        "write keys and their values",
    ),
    (
        "            id: {type: string, description: Which note.}\n",
        "            id: ‸5\n",
        "NK2003",
        "/capability/exposes/0/tools/read-note/inputParameters/id",
        "`id` must be a mapping, found the number 5",
        "write keys and their values: in, type",
    ),
    (
        "    - type: http\n      namespace: desk\n",
        "    - {‸import: x}\n    - type: http\n      namespace: desk\n",
        "NK2002",
        "/capability/consumes/0",
        "an import needs `from`",
        "add `from`: the file that has what `import` names",
    ),
    (
        "    - type: http\n      namespace: desk\n",
        "    - {from: x, import: x, ‸form: y}\n    - type: http\n      namespace: desk\n",
        "NK2001",
        "/capability/consumes/0/form",
        "`form` is not a key of an import",
        "did you mean `from`?",
    ),
    (
        "          with: {id: desk-mcp.id}\n",
        "          with: {id: ‸desk-mcp.di}\n",
        "NK4007",
        "/capability/exposes/0/tools/read-note/with/id",
        "`desk-mcp.di` names no input",
        "",
    ),
    (
        "          call: desk.read-note\n",
        "          call: ‸desk.read-nte\n",
        "NK3001",
        "/capability/exposes/0/tools/read-note/call",
        "`read-nte`",
        "did you mean `desk.read-note`?",
    ),
    (
        "      resources:\n",
        "      ‸tunnel: {type: ziti, service: s, identity: i}\n      resources:\n",
        "NK2008",
        "/capability/consumes/0/tunnel",
        "through a tunnel",
        "--upstream",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "pointer", "message", "way_out"), MISTAKES)
def test_a_mistake_is_told_in_the_words_of_its_author(
    old: str, new: str, code: str, pointer: str, message: str, way_out: str
) -> None:
    text, places = marked(changed(old, new))
    found = next(item for item in told(text) if item.code == code)

    assert (found.pointer, message in found.message, way_out in found.help) == (pointer, True, True), found
    if places:
        assert place(found) == places[0]


def test_a_mistake_is_told_once() -> None:
    [diagnostic] = told(changed("          display: Notes\n", "          displey: Notes\n"))

    assert diagnostic.pointer == "/capability/consumes/0/resources/notes/displey"


def test_lists_are_served_and_told() -> None:
    old = "          inputParameters:\n            id: {type: string, description: Which note.}\n"
    new = "          ‸inputParameters:\n            - {name: id, type: string}\n"
    text, places = marked(changed(old, new))
    [diagnostic] = told(text)

    assert (diagnostic.code, diagnostic.severity, place(diagnostic)) == ("NK2011", Severity.WARNING, places[0])
    assert "lists where this version of the language has maps by name" in diagnostic.message


def test_strict_judges_by_the_schema_of_the_own_version() -> None:
    text, places = marked(changed("id: {in: path}", "id: {in: path, ‸type: string}"))
    [diagnostic] = told(text, strict=True)

    assert (diagnostic.code, place(diagnostic)) == ("NK2009", places[0])
    assert diagnostic.pointer == "/capability/consumes/0/resources/notes/operations/read-note/inputParameters/id/type"


def test_strict_tells_nothing_twice_in_other_words() -> None:
    assert [item.code for item in told(changed("              method: GET\n", ""), strict=True)] == ["NK2002"]


def test_a_key_without_effect_is_a_warning() -> None:
    text, places = marked(changed("      port: 9090\n", "      port: 9090\n      ‸binary: true\n"))
    [diagnostic] = [item for item in told(text) if item.code == "NK2008"]

    assert (diagnostic.code, diagnostic.severity, place(diagnostic)) == ("NK2008", Severity.WARNING, places[0])
    assert diagnostic.message == "`binary` has no effect yet"


def test_many_keys_without_effect_are_one_warning() -> None:
    text = changed("      port: 9090\n", "      port: 9090\n      binary: true\n").replace(
        "              method: GET\n", "              method: GET\n              binary: true\n"
    )
    [diagnostic] = [item for item in told(text) if item.code == "NK2008"]

    assert diagnostic.message == "`binary` has no effect yet (2 in this file, the first is here)"


def test_the_tags_of_a_later_version_are_no_key_of_alpha2() -> None:
    resource = "{name: r, path: /, tags: [x], operations: []}"
    consumes = f"{{type: http, namespace: a, baseUri: 'http://a', resources: [{resource}]}}"
    text = f"naftiko: 1.0.0-alpha2\ncapability: {{consumes: [{consumes}]}}"
    [diagnostic] = read_text(text, "x.yaml").diagnostics

    assert (diagnostic.code, "`tags`" in diagnostic.message) == ("NK2001", True)


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("consumes", "{type: http, namespace: a, baseUri: 'http://a', resources: {}}"),
        ("exposes", "{type: control, port: 1}"),
        ("aggregates", "{namespace: a, display: A, flows: {}}"),
        ("binds", "{namespace: a, keys: {A: A}}"),
    ],
)
def test_a_file_without_capability_is_material_for_others(key: str, entry: str) -> None:
    text, places = marked(f"ikanos: 1.0.0-beta5\ninfo: {{}}\n‸{key}: [{entry}]")
    reading = read_text(text, "x.yaml")
    [diagnostic] = reading.diagnostics

    assert (diagnostic.code, diagnostic.pointer, place(diagnostic)) == ("NK2010", f"/{key}", places[0])
    assert reading.spec is None
