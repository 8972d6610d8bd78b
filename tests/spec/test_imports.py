from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.spec.load import Reading, read_spec, read_text
from tests.spec.places import marked, place

HEAD = "naftiko: 1.0.0-alpha2\n"
LATER = "ikanos: 1.0.0-beta5\n"
REGISTRY = """
- type: http
  namespace: registry
  baseUri: https://registry.example
  resources:
  - name: ships
    path: /ships
    operations: [{name: list, method: GET}]
- type: http
  namespace: legacy
  baseUri: https://legacy.example
  resources: []
"""
CONSUMES = HEAD + "consumes:" + REGISTRY
DESK = """naftiko: 1.0.0-alpha2
info: {label: Desk, description: A desk.}
capability:
  consumes:
  - {location: ./shared/registry.yaml, import: registry}
  exposes: []
"""


class Folder:
    """A folder of files that import each other; the marks of all of them are where something must be told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.marks: list[tuple[str, tuple[int, int]]] = []

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        plain, places = marked(text)
        path.write_text(plain)
        self.marks += [(str(path), item) for item in places]

    def read(self, text: str = DESK, *, strict: bool = False) -> Reading:
        self.write("desk.yaml", text)
        return read_spec(self.root / "desk.yaml", strict=strict)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("shared/registry.yaml", CONSUMES)
    return made


def namespaces(reading: Reading) -> list[str]:
    assert reading.spec is not None
    return [item.namespace for item in reading.spec.consumes]


def where(item: Diagnostic) -> tuple[str, tuple[int, int]]:
    return item.file, place(item)


def test_the_namespace_that_is_named_is_imported_and_nothing_else(folder: Folder) -> None:
    reading = folder.read()

    assert reading.diagnostics == ()
    assert namespaces(reading) == ["registry"]
    assert reading.material == (folder.root / "shared/registry.yaml",)
    assert reading.sources == {str(folder.root / "shared/registry.yaml"): CONSUMES}


def test_an_alias_is_its_name_here(folder: Folder) -> None:
    reading = folder.read(DESK.replace("import: registry", "import: registry, as: ships, description: Ships."))

    assert namespaces(reading) == ["ships"]
    assert reading.spec is not None
    assert reading.spec.consumes[0].operations[0].namespace == "ships"


@pytest.mark.parametrize(
    "location",
    [
        "shared/registry.yaml",
        "./shared/registry.yaml",
        "file:///./shared/registry.yaml",
        "shared/../shared/registry.yaml",
    ],
)
def test_a_location_is_relative_to_the_file(folder: Folder, location: str) -> None:
    assert namespaces(folder.read(DESK.replace("./shared/registry.yaml", location))) == ["registry"]


def test_later_files_say_from(folder: Folder) -> None:
    text = LATER + "capability:\n  consumes:\n  - {from: ./shared/registry.yaml, import: registry, as: ships}\n"
    reading = folder.read(text)

    assert (reading.diagnostics, namespaces(reading)) == ((), ["ships"])


@pytest.mark.parametrize(
    ("head", "key", "code"), [(HEAD, "‸from", "NK2001"), (LATER, "‸location", "NK2001")], ids=["alpha2", "beta5"]
)
def test_the_spelling_of_another_version_is_told(folder: Folder, head: str, key: str, code: str) -> None:
    text = head + f"capability:\n  consumes:\n  - {{{key}: ./shared/registry.yaml, import: registry}}\n"
    reading = folder.read(text)

    assert (code, folder.marks[0]) in [(item.code, where(item)) for item in reading.diagnostics]
    assert reading.has_errors


def test_a_source_may_be_of_another_version(folder: Folder) -> None:
    resources = "{ships: {path: /ships, display: Ships, operations: {list: {method: GET}}}}"
    entry = f"{{type: http, namespace: registry, baseUri: 'https://a.example', resources: {resources}}}"
    folder.write("shared/registry.yaml", f"{LATER}consumes:\n- {entry}\n")
    reading = folder.read()

    assert reading.diagnostics == ()
    assert reading.spec is not None
    assert [(item.resource, item.name) for item in reading.spec.consumes[0].operations] == [("ships", "list")]


def test_a_capability_is_a_source_too(folder: Folder) -> None:
    folder.write("shared/registry.yaml", HEAD + "capability:\n  consumes:" + REGISTRY.replace("\n", "\n  "))

    assert namespaces(folder.read()) == ["registry"]


def test_what_a_source_has_at_its_root_comes_first(folder: Folder) -> None:
    inner = "{type: http, namespace: registry, baseUri: 'https://inner.example', resources: []}"
    other = "{type: http, namespace: other, baseUri: 'https://inner.example', resources: []}"
    folder.write("shared/registry.yaml", CONSUMES + f"capability:\n  consumes: [{inner}, {other}]\n")
    text = DESK.replace("  exposes", "  - {location: shared/registry.yaml, import: other}\n  exposes")
    spec = folder.read(text).spec

    assert spec is not None
    assert [item.base_uri for item in spec.consumes] == ["https://registry.example", "https://inner.example"]


ADAPTER = """exposes:
- type: mcp
  namespace: tools
  port: 9090
  description: Tools.
  tools:
  - name: find
    description: Finds.
    inputParameters: [{name: id, type: string, description: Which.}]
    call: registry.list
    with: {id: tools.id, note: "of {{ tools.id }}", other: tools-2.id}
"""


def test_an_adapter_is_imported_with_the_references_to_its_own_inputs(folder: Folder) -> None:
    folder.write("shared/tools.yaml", LATER + ADAPTER)
    spec = folder.read(
        f"{LATER}capability:\n  exposes:\n  - {{from: shared/tools.yaml, import: tools, as: desk-tools}}\n"
    ).spec

    assert spec is not None
    [mcp] = spec.mcp
    assert mcp.namespace == "desk-tools"
    [tool] = mcp.tools
    assert dict(tool.behaviour.with_values) == {
        "id": "desk-tools.id",
        "note": "of {{ desk-tools.id }}",
        "other": "tools-2.id",
    }


@pytest.mark.parametrize("alias", ["", ", as: tools"])
def test_an_adapter_under_its_own_name_stays_as_it_is(folder: Folder, alias: str) -> None:
    folder.write("shared/tools.yaml", LATER + ADAPTER)
    spec = folder.read(f"{LATER}capability:\n  exposes:\n  - {{from: shared/tools.yaml, import: tools{alias}}}\n").spec

    assert spec is not None
    assert dict(spec.mcp[0].tools[0].behaviour.with_values)["id"] == "tools.id"


def test_two_adapters_of_different_types_may_share_a_name(folder: Folder) -> None:
    rest = "- {type: rest, namespace: tools, port: 8080, resources: []}\n"
    folder.write("shared/tools.yaml", LATER + ADAPTER)
    reading = folder.read(
        f"{LATER}capability:\n  exposes:\n  {rest}  - {{from: shared/tools.yaml, import: tools, as: tools}}\n"
    )

    assert [item.code for item in reading.diagnostics if item.is_error] == []


@pytest.mark.parametrize("owner", ["", "capability:\n  "], ids=["of the file", "of the capability"])
@pytest.mark.parametrize(
    ("location", "read_from"),
    [
        ("file://./secrets.yaml", "file://./shared/secrets.yaml"),
        ("file:///./a%20b/secrets.yaml", "file://./shared/a%20b/secrets.yaml"),
        ("file:///etc/secrets.yaml", "file:///etc/secrets.yaml"),
        ("vault://secrets", "vault://secrets"),
    ],
)
def test_an_imported_bind_reads_what_lies_beside_its_own_file(
    folder: Folder, owner: str, location: str, read_from: str
) -> None:
    folder.write("shared/binds.yaml", f"{LATER}binds:\n- {{namespace: keys, location: '{location}', keys: {{A: a}}}}\n")
    spec = folder.read(
        f"{LATER}{owner}binds:\n{'  ' if owner else ''}- {{from: shared/binds.yaml, import: keys, as: mine}}\n"
        f"{'  exposes: []' if owner else 'capability: {exposes: []}'}\n"
    ).spec

    assert spec is not None
    assert [(item.namespace, item.location, item.keys) for item in spec.binds] == [("mine", read_from, (("A", "a"),))]


def test_alpha2_imports_more_than_its_schema_knows_and_says_so(folder: Folder) -> None:
    folder.write("shared/binds.yaml", HEAD + "binds: [{namespace: keys, keys: {A: a}}]\n")
    text = DESK.replace("capability:", "binds:\n- {‸location: shared/binds.yaml, import: keys}\ncapability:")
    reading = folder.read(text)

    assert [(item.code, where(item)) for item in reading.diagnostics] == [("NK2011", folder.marks[0])]
    assert {item.code for item in folder.read(text, strict=True).diagnostics} == {"NK2009"}


def test_an_imported_entry_names_files_beside_its_own(folder: Folder) -> None:
    skill = "{name: a, description: A., location: ./pages, tools: [{name: t, description: T., instruction: t.md}]}"
    folder.write("shared/pages/t.md", "Text.")
    folder.write(
        "shared/skills.yaml",
        f"{HEAD}exposes:\n- {{type: skill, namespace: skills, port: 1, description: S., skills: [{skill}]}}\n",
    )
    spec = folder.read(DESK.replace("exposes: []", "exposes:\n  - {location: shared/skills.yaml, import: skills}")).spec

    assert spec is not None
    assert [item.folder for item in spec.skills[0].skills] == [folder.root / "shared/pages"]


@pytest.mark.parametrize(
    ("entry", "code", "says", "help_"),
    [
        ("{location: ‸./none.yaml, import: registry}", "NK2014", "no such file", "below the capability's own folder"),
        (
            "{location: ‸./shared/registri.yml, import: registry}",
            "NK2014",
            "no such file",
            "did you mean `./shared/registry.yaml`?",
        ),
        ("{location: ‸./shared, import: registry}", "NK2014", "is a directory", ""),
        ("{location: ‸../outside.yaml, import: registry}", "NK2014", "leads out of", ""),
        ("{location: ‸/etc/hosts, import: registry}", "NK2014", "leads out of", ""),
        (
            "{location: ./shared/registry.yaml, import: ‸registri}",
            "NK3030",
            "`./shared/registry.yaml` has no consumes `registri`",
            "did you mean `registry`? it has: registry, legacy",
        ),
        ("{location: ./desk.yaml, import: ‸mine, as: mine}", "NK3031", "the import of `mine` comes back to itself", ""),
    ],
)
def test_what_can_not_be_imported_is_told_at_its_entry(
    folder: Folder, entry: str, code: str, says: str, help_: str
) -> None:
    text = DESK.replace("{location: ./shared/registry.yaml, import: registry}", entry)
    reading = folder.read(text)
    [diagnostic] = reading.diagnostics

    assert (diagnostic.code, where(diagnostic), diagnostic.severity) == (code, folder.marks[0], Severity.ERROR)
    assert says in diagnostic.message
    assert help_ in diagnostic.help
    assert reading.spec is not None
    assert (reading.spec.consumes, len(reading.spec.absent)) == ((), 1)


def test_a_file_that_lies_a_folder_higher_is_told_to_be_moved(folder: Folder) -> None:
    folder.write("deep/desk.yaml", DESK)
    [diagnostic] = read_spec(folder.root / "deep/desk.yaml").diagnostics

    assert diagnostic.code == "NK2014"
    assert diagnostic.help == "the folder above has it; move it below the capability's own folder"


def test_an_import_without_a_file_is_told_what_is_missing(folder: Folder) -> None:
    [diagnostic] = folder.read(DESK.replace("location: ./shared/registry.yaml, ", "")).diagnostics

    assert (diagnostic.code, diagnostic.help) == ("NK2002", "add `location`: the file that has what `import` names")


def test_a_source_without_the_section_has_nothing_to_import(folder: Folder) -> None:
    folder.write("shared/registry.yaml", HEAD + "binds: []\nconsumes: 5\n")
    [diagnostic] = [item for item in folder.read().diagnostics if item.code == "NK3030"]

    assert diagnostic.help == "it has: none"


def test_a_long_list_of_namespaces_is_cut(folder: Folder) -> None:
    entries = "".join(f"- {{type: http, namespace: n{number}, baseUri: '', resources: []}}\n" for number in range(14))
    folder.write("shared/registry.yaml", f"{HEAD}consumes:\n{entries}")
    [diagnostic] = folder.read().diagnostics

    assert diagnostic.help.endswith("n10, n11, …")


@pytest.mark.parametrize(
    "entry",
    ["{import: registry}", "{location: ./shared/registry.yaml, import: [registry]}", "{location: 5, import: a}"],
)
def test_an_import_that_says_too_little_is_told_by_the_schema_alone(folder: Folder, entry: str) -> None:
    reading = folder.read(DESK.replace("{location: ./shared/registry.yaml, import: registry}", entry))

    assert [item.code for item in reading.diagnostics] in (["NK2002"], ["NK2003"])


def test_keys_beside_an_import_are_told(folder: Folder) -> None:
    reading = folder.read(DESK.replace("import: registry}", "import: registry, ‸baseUri: 'https://a.example'}"))

    assert [(item.code, item.severity, where(item)) for item in reading.diagnostics] == [
        ("NK2001", Severity.WARNING, folder.marks[0])
    ]


def test_a_name_that_is_taken_is_told_with_the_first(folder: Folder) -> None:
    own = "  - ‸type: http\n    namespace: registry\n    baseUri: https://a.example\n    resources: []\n"
    text = DESK.replace("import: registry}", "import: ‸registry}").replace("  exposes", own + "  exposes")
    reading = folder.read(text)
    [diagnostic] = reading.diagnostics

    assert (diagnostic.code, where(diagnostic)) == ("NK3032", folder.marks[0])
    assert [(item.message, item.file, item.span.line) for item in diagnostic.related] == [
        ("the first is here", *(folder.marks[1][0], folder.marks[1][1][0]))
    ]
    assert diagnostic.help == "import it under another name: `as: registry-2`"
    assert namespaces(reading) == ["registry"]


def test_a_name_that_was_imported_twice_is_told_at_its_alias(folder: Folder) -> None:
    second = "  - {location: ./shared/registry.yaml, import: legacy, as: ‸registry}\n"
    reading = folder.read(DESK.replace("  exposes", second + "  exposes"))

    assert [(item.code, where(item)) for item in reading.diagnostics] == [("NK3032", folder.marks[0])]
    assert [item.file for item in reading.diagnostics[0].related] == [str(folder.root / "shared/registry.yaml")]


def test_what_is_wrong_inside_is_told_in_its_own_file_and_words(folder: Folder) -> None:
    resources = "{ships: {path: /ships, ‸displai: Ships, operations: {list: {method: ‸FETCH}}}}"
    entry = f"{{type: http, namespace: registry, baseUri: 'https://a.example', resources: {resources}}}"
    folder.write("shared/registry.yaml", f"{LATER}consumes:\n- {entry}\n")
    reading = folder.read(DESK.replace("- {location", "- {‸location"))

    assert [(item.code, where(item)) for item in reading.diagnostics] == [
        ("NK2001", folder.marks[0]),
        ("NK2004", folder.marks[1]),
    ]
    assert "`display`" in reading.diagnostics[0].help
    for item in reading.diagnostics:
        [importer] = item.related
        assert (importer.message, (importer.file, (importer.span.line, importer.span.column))) == (
            "imported here",
            folder.marks[2],
        )
    assert reading.document is not None
    assert [item.pointer for item in reading.document.as_written(reading.diagnostics)] == [
        "/consumes/0/resources/ships/displai",
        "/consumes/0/resources/ships/operations/list/method",
    ]


def test_what_is_not_imported_is_not_judged(folder: Folder) -> None:
    folder.write("shared/registry.yaml", CONSUMES + "- {type: http, namespace: broken}\n")

    desk = DESK.removesuffix("  exposes: []\n")
    assert folder.read(desk).diagnostics == ()
    assert folder.read(desk, strict=True).diagnostics == ()


def test_the_official_schema_judges_what_is_imported(folder: Folder) -> None:
    text = CONSUMES.replace("name: ships", "‸name: ‸ship_s")
    folder.write("shared/registry.yaml", text)
    desk = DESK.removesuffix("  exposes: []\n")

    assert [(item.code, where(item)) for item in folder.read(desk).diagnostics] == [("NK2011", folder.marks[0])]
    assert [(item.code, where(item)) for item in folder.read(desk, strict=True).diagnostics] == [
        ("NK2009", folder.marks[1])
    ]


def test_keys_without_effect_count_by_file(folder: Folder) -> None:
    operations = "{a: {method: GET, ‸binary: true}, b: {method: GET, binary: true}}"
    entry = "{{type: http, namespace: {}, baseUri: 'https://a.example', resources: {{r: {{path: /, operations: {}}}}}}}"
    entries = entry.format("other", operations.replace("‸", "")), entry.format("registry", operations)
    folder.write("shared/registry.yaml", f"{LATER}consumes:\n- {entries[0]}\n- {entries[1]}\n")
    [diagnostic] = [item for item in folder.read().diagnostics if item.code == "NK2008"]

    assert (diagnostic.code, where(diagnostic)) == ("NK2008", folder.marks[0])
    assert "(2 in this file" in diagnostic.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", "NK1002"),
        (b"a: [", "NK1004"),
        (b"naftiko: 1.0.0-alpha2\nconsumes: []\nconsumes: []\n", "NK1005"),
        (b"consumes: []", "NK2005"),
        (b"naftiko: 7\nconsumes: []", "NK2006"),
    ],
)
def test_a_source_that_is_broken_is_told_once_with_its_importer(folder: Folder, content: bytes, code: str) -> None:
    (folder.root / "shared/registry.yaml").write_bytes(content)
    twice = "  - {location: shared/registry.yaml, import: legacy}\n  exposes"
    found = [item for item in folder.read(DESK.replace("  exposes", twice)).diagnostics if item.code != "NK3030"]

    assert [(item.code, item.file, item.pointer) for item in found] == [
        (code, str(folder.root / "shared/registry.yaml"), "")
    ]
    assert [item.message for item in found[0].related][-1] == "imported here"


def test_what_a_source_imports_itself_is_followed(folder: Folder) -> None:
    folder.write(
        "shared/all.yaml", HEAD + "consumes:\n- {location: ./deep/registry.yaml, import: registry, as: fleet}\n"
    )
    folder.write("shared/deep/registry.yaml", HEAD + "consumes: [{location: ../registry.yaml, import: registry}]\n")
    reading = folder.read(DESK.replace("shared/registry.yaml, import: registry", "shared/all.yaml, import: fleet"))

    assert (reading.diagnostics, namespaces(reading)) == ((), ["fleet"])
    assert [path.name for path in reading.material] == ["all.yaml", "registry.yaml", "registry.yaml"]
    assert reading.document is not None
    at = ("capability", "consumes", 0)
    assert reading.document.file_of(at) == str(folder.root / "shared/deep/../registry.yaml")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{location: ‸./none.yaml, import: registry}", "NK2014"),
        ("{location: ‸../../outside.yaml, import: registry}", "NK2014"),
        ("{location: registry.yaml, import: ‸none, as: registry}", "NK3030"),
        ("{location: all.yaml, import: ‸registry}", "NK3031"),
        ("{location: ../desk.yaml, import: ‸registry}", "NK3031"),
        ("{‸import: registry}", "NK2002"),
    ],
)
def test_a_broken_link_of_a_chain_is_told_where_it_stands(folder: Folder, entry: str, code: str) -> None:
    folder.write("shared/all.yaml", f"{HEAD}consumes:\n- {entry}\n")
    [diagnostic] = folder.read(DESK.replace("shared/registry.yaml", "shared/all.yaml")).diagnostics

    assert (diagnostic.code, where(diagnostic)) == (code, folder.marks[0])
    assert [item.message for item in diagnostic.related] == ["imported here"]


def test_a_text_without_a_file_imports_nothing() -> None:
    [diagnostic] = read_text(DESK, "<text>").diagnostics

    assert (diagnostic.code, "came as a text" in diagnostic.message) == ("NK2014", True)


def test_material_is_checked_for_what_it_holds(folder: Folder) -> None:
    folder.write("shared/all.yaml", HEAD + "‸consumes:\n- {type: http, namespace: a, ‸baseUrl: x, resources: []}\n")
    reading = read_spec(folder.root / "shared/all.yaml")

    assert [(item.code, where(item)) for item in reading.diagnostics] == [
        ("NK2010", folder.marks[0]),
        ("NK2001", folder.marks[1]),
    ]
    assert reading.spec is None


def test_imports_of_material_are_followed(folder: Folder) -> None:
    folder.write("all.yaml", HEAD + "consumes:\n- {location: ‸none.yaml, import: registry}\n")
    codes = [item.code for item in read_spec(folder.root / "all.yaml").diagnostics]

    assert codes == ["NK2010", "NK2014"]


def test_what_a_capability_offers_to_others_is_not_followed(folder: Folder) -> None:
    reading = folder.read(DESK + "consumes: [{location: none.yaml, import: a}]\n")

    assert [item.code for item in reading.diagnostics] == ["NK2012"]
