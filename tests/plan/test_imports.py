"""Compiling what was imported: places, silence where the import itself is at fault, and what is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import read_spec
from tests.spec.places import marked, place

HEAD = "naftiko: 1.0.0-alpha2\n"
SHIPS = """consumes:
- type: http
  namespace: ships
  baseUri: https://ships.example
  inputParameters: [{name: Version, in: header, value: "{{VERSION}}"}]
  resources:
  - {name: ship, path: "/ships/{id}", operations: [{name: find, method: GET}]}
"""
DESK = """info: {label: Desk, description: A desk.}
binds: [{namespace: env, keys: {VERSION: VERSION}}]
capability:
  consumes: [{location: shared/ships.yaml, import: ships, as: fleet}]
  exposes:
  - type: mcp
    namespace: tools
    port: 9090
    description: Tools.
    tools:
    - {name: find, description: Finds., call: fleet.find}
    - {name: tick, description: T., outputParameters: [{type: string, value: x}]}
"""


def compiled(folder: Path, desk: str = DESK, ships: str = SHIPS, *, partial: bool = False) -> Compilation:
    (folder / "shared").mkdir(exist_ok=True)
    (folder / "shared" / "ships.yaml").write_text(HEAD + ships)
    (folder / "desk.yaml").write_text(HEAD + desk)
    environment = Environment(process={"VERSION": "7"})
    return compile_plan(read_spec(folder / "desk.yaml"), environment, partial=partial)


def test_a_call_of_an_imported_operation_is_made_with_the_binds_of_the_importer(tmp_path: Path) -> None:
    compilation = compiled(tmp_path)

    assert (compilation.diagnostics, compilation.plan is not None) == ((), True)
    assert compilation.plan is not None
    action = compilation.plan.mcp[0].tools[0].function.action
    assert action.target.origin.file == str(tmp_path / "shared/ships.yaml")
    request = action.build({"id": "1"})
    assert (request.url, dict(request.headers)["version"]) == ("https://ships.example/ships/1", "7")


def test_what_compiling_finds_is_told_in_the_imported_file_with_its_importer(tmp_path: Path) -> None:
    text, places = marked(HEAD + SHIPS.replace('value: "{{VERSION}}"', 'value: ‸"{{VERSIO}}"'))
    diagnostics = compiled(tmp_path, ships=text.removeprefix(HEAD)).diagnostics
    [diagnostic] = [item for item in diagnostics if item.code == "NK6002"]

    assert (diagnostic.code, diagnostic.file) == ("NK6002", str(tmp_path / "shared/ships.yaml"))
    assert place(diagnostic) == places[0]
    assert diagnostic.pointer == "/consumes/0/inputParameters/0/value"
    assert [(item.message, item.file) for item in diagnostic.related] == [
        ("imported here", str(tmp_path / "desk.yaml"))
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("import: ships", "import: none"), ("shared/ships.yaml", "shared/none.yaml"), (", as: fleet", ", as: 5")],
)
def test_calls_into_what_could_not_be_imported_are_not_told_besides(tmp_path: Path, old: str, new: str) -> None:
    errors = [item for item in compiled(tmp_path, DESK.replace(old, new)).diagnostics if item.is_error]

    assert len(errors) == 1


def test_calls_into_another_namespace_are_told_all_the_same(tmp_path: Path) -> None:
    text = DESK.replace("import: ships", "import: none").replace("call: fleet.find", "call: other.find")

    assert [item.code for item in compiled(tmp_path, text).diagnostics] == ["NK3030", "NK3002"]


@pytest.mark.parametrize("is_partial", [True, False])
def test_variables_of_binds_that_could_not_be_imported_are_not_told_besides(tmp_path: Path, is_partial: bool) -> None:
    text = DESK.replace("{namespace: env, keys: {VERSION: VERSION}}", "{location: none.yaml, import: env}")
    text = text.replace("value: x", "value: '{{ env.TOKEN }}'")
    compilation = compiled(tmp_path, text, partial=is_partial)

    assert {item.code for item in compilation.diagnostics} - {"NK6002"} == {"NK2011", "NK2014"}
    assert not [item for item in compilation.diagnostics if item.code == "NK6002" and not is_partial]


def test_what_does_not_need_a_broken_import_is_saved(tmp_path: Path) -> None:
    compilation = compiled(tmp_path, DESK.replace("import: ships", "import: none"), partial=True)

    assert compilation.plan is not None
    [face] = compilation.plan.mcp
    assert ([item.name for item in face.tools], [item.name for item in face.left_out]) == (["tick"], ["find"])
    [warning] = compilation.diagnostics
    assert warning.message.endswith("left out: tool `find`")


def test_material_is_told_with_the_pointers_of_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "ikanos: 1.0.0-beta5\naggregates: [{namespace: a, display: A, flows: {f: {x: 1}}}]\n"
    )
    compilation = compile_plan(read_spec(tmp_path / "a.yaml"), None)

    assert "/aggregates/0/flows/f/x" in [item.pointer for item in compilation.diagnostics]


FACES = """info: {label: Desk, description: A desk.}
capability:
  exposes:
  - {location: shared/faces.yaml, import: tools}
  - type: skill
    namespace: skills
    port: 9091
    description: Skills.
    skills:
    - {name: a, description: A., tools: [{name: t, description: T., from: {sourceNamespace: tools, action: find}}]}
  - type: rest
    namespace: desk
    port: 9092
    resources: [{path: /a, operations: [{method: GET, ref: shared.one}]}]
  aggregates:
  - {location: shared/faces.yaml, import: shared}
"""


def test_neither_skills_nor_refs_are_told_of_what_could_not_be_imported(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(HEAD + FACES)
    errors = [item for item in compile_plan(read_spec(tmp_path / "desk.yaml"), None).diagnostics if item.is_error]

    assert [item.code for item in errors] == ["NK2014", "NK2014"]


def test_skills_and_refs_find_what_was_imported(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    value = "outputParameters: [{type: string, value: x}]"
    (tmp_path / "shared/faces.yaml").write_text(
        f"{HEAD}exposes:\n- {{type: mcp, namespace: tools, port: 1, description: T.,"
        f" tools: [{{name: find, description: F., {value}}}]}}\n"
        f"aggregates: [{{namespace: shared, label: S, functions: [{{name: one, description: O., {value}}}]}}]\n"
    )
    (tmp_path / "desk.yaml").write_text(HEAD + FACES)
    compilation = compile_plan(read_spec(tmp_path / "desk.yaml"), None)

    assert [item.code for item in compilation.diagnostics if item.is_error] == []
    assert compilation.plan is not None
    assert [item.function.name for item in compilation.plan.rest[0].routes] == ["one"]
