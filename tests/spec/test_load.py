from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.spec.load import read_spec, read_text
from tests.runner import ROOT
from tests.spec.places import marked, place, told

SHARED = ROOT.parent / "shared"
PUBLIC_FILES = [
    path
    for folder in ("seeds", "corpus", "reference/official")
    for path in sorted(SHARED.joinpath(folder).rglob("*"))
    if path.is_file()
]

DESK = """\
naftiko: 1.0.0-alpha2
info:
  label: Desk
  description: Notes on a desk.
binds:
- namespace: env
  keys:
    DESK_TOKEN: TOKEN
capability:
  consumes:
  - type: http
    namespace: desk
    baseUri: https://desk.example
    authentication:
      type: bearer
      token: "{{DESK_TOKEN}}"
    resources:
    - name: notes
      path: /notes/{id}
      operations:
      - name: get
        method: GET
        inputParameters:
        - name: id
          in: path
  exposes:
  - type: rest
    namespace: desk-rest
    port: 8080
    resources:
    - path: /notes/{id}
      operations:
      - name: get
        method: GET
        call: desk.get
        with:
          id: rest.id
        outputParameters:
        - type: string
          mapping: $.
  - type: mcp
    namespace: desk-mcp
    port: 9090
    tools:
    - name: get
      description: Reads a note.
      call: desk.get
      outputParameters:
      - type: string
        mapping: $.
"""


def changed(*changes: tuple[str, str]) -> str:
    text = DESK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_right_file_has_nothing_to_tell() -> None:
    reading = read_text(DESK, "desk.yaml")

    assert reading.diagnostics == ()
    assert not reading.has_errors
    assert read_text(DESK, "desk.yaml", strict=True).diagnostics == ()


def test_a_right_file_becomes_a_spec() -> None:
    spec = read_text(DESK, "desk.yaml").spec

    assert spec is not None
    assert (spec.file, spec.version, spec.info.label, spec.info.description) == (
        "desk.yaml",
        "1.0.0-alpha2",
        "Desk",
        "Notes on a desk.",
    )
    assert [(bind.namespace, bind.location, bind.keys, bind.at) for bind in spec.binds] == [
        ("env", None, (("DESK_TOKEN", "TOKEN"),), ("binds", 0))
    ]
    assert [api.namespace for api in spec.consumes] == ["desk"]
    assert [adapter.namespace for adapter in spec.rest] == ["desk-rest"]
    assert [adapter.namespace for adapter in spec.mcp] == ["desk-mcp"]
    assert spec.flawed == ()


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text("\ufeff" + DESK)
    reading = read_spec(path)

    assert (reading.file, reading.text, reading.diagnostics) == (str(path), DESK, ())


def test_a_file_that_cant_be_read_is_one_diagnostic(tmp_path: Path) -> None:
    reading = read_spec(tmp_path / "missing.yaml")

    assert [item.code for item in reading.diagnostics] == ["NK1001"]
    assert (reading.text, reading.document, reading.spec, reading.has_errors) == ("", None, None, True)


def test_places_count_from_behind_a_byte_order_mark() -> None:
    assert told("\ufeffnaftiko: 9.9.9") == [("NK2006", (1, 10))]


@pytest.mark.parametrize(
    ("old", "new", "code", "message", "way_out"),
    [
        ("    baseUri:", "    ‸baseUrl:", "NK2001", "`baseUrl` is not a key of", "did you mean `baseUri`?"),
        ("        call: desk.get", "        ‸cal: desk.get", "NK2001", "`cal` is not a key of", "did you mean `call`?"),
        ("      description: Reads", "      ‸decription: Reads", "NK2001", "`decription`", "`description`"),
        ("capability:", "‸capabilty:", "NK2001", "`capabilty`", "did you mean `capability`?"),
        ("info:", "‸inof:", "NK2001", "`inof`", "did you mean `info`?"),
        ("    port: 8080", "    port: ‸http", "NK2003", "whole number from 1 to 65535", "plain number"),
        ("    port: 8080", "    port: ‸'8080'", "NK2003", "whole number from 1 to 65535", "plain number"),
        ("    port: 8080", "    port: ‸0", "NK2004", "1 to 65535, found the number 0", ""),
        ("    port: 8080", "    port: ‸65536", "NK2004", "1 to 65535, found the number 65536", ""),
        ("    port: 8080", "    port: ‸-1", "NK2004", "1 to 65535", ""),
        ("    port: 8080", "    port: ‸80.5", "NK2003", "whole number", ""),
        ("    port: 8080", "    ‸port:", "NK2003", "whole number", "give it a value"),
        ("    tools:\n    - name: get", "    ‸tools:\n      name: get", "NK2003", "`tools` must be a list", "- "),
        ("label: Desk", "‸label: [Desk]", "NK2003", "`label`", ""),
        ("method: GET", "method: ‸FETCH", "NK2004", "`method` can't be `FETCH`", "allowed: GET"),
        ("type: rest", "type: ‸rset", "NK2004", "`type` can't be `rset`", "did you mean `rest`?"),
        ("in: path", "in: ‸pat", "NK2004", "`in` can't be `pat`", "did you mean `path`?"),
        ("type: bearer", "type: ‸kerberos", "NK2004", "`type` can't be `kerberos`", "bearer"),
        (
            "  - type: http\n    namespace: desk\n",
            "  - ‸type: http\n",
            "NK2002",
            "needs `namespace`",
            "add `namespace`",
        ),
        ("        method: GET\n        input", "        input", "NK2002", "needs `method`", "add `method`"),
        ("naftiko: 1.0.0-alpha2", "naftiko: ‸2", "NK2006", "no version", "known versions"),
        ("naftiko: 1.0.0-alpha2", "naftiko: ‸1.0.0-alpah2", "NK2006", "no version", "did you mean `1.0.0-alpha2`?"),
        ("naftiko: 1.0.0-alpha2\n", "", "NK2005", "does not say which version", "start the file with"),
        ("naftiko: 1", "‸naftko: 1", "NK2005", "`naftko` is not the version key", "did you mean `naftiko`?"),
        ("info:", "‸ikanos: 1.0.0-beta5\ninfo:", "NK2004", "can't stand beside", "keep the one"),
        ("label: Desk", "label: a\n  ‸label: b", "NK1005", "stands twice", "line 3"),
        ("label: Desk", "label: ‸!secret Desk", "NK1009", "`!secret`", "remove the tag"),
        ("Notes on a desk.", "‸!x [a]", "NK1009", "`!x`", "remove the tag"),
        ('"{{DESK_TOKEN}}"', "‸{{DESK_TOKEN}}", "NK1011", "template", "quotes"),
        ("label: Desk", "<<: ‸*base\n  label: Desk", "NK1012", "names no anchor", "&base"),
    ],
)
def test_a_mistake_is_told_once_at_its_place_with_the_way_out(
    old: str, new: str, code: str, message: str, way_out: str
) -> None:
    text, places = marked(changed((old, new)))
    compilation = compile_plan(read_text(text, "desk.yaml"), None)
    errors = [item for item in compilation.diagnostics if item.is_error]

    assert [item.code for item in errors] == [code]
    assert message in errors[0].message
    assert way_out in errors[0].help
    if places:
        assert place(errors[0]) == places[0]
    assert compilation.plan is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("label: Desk", "label: Desk\n  ‸colour: red"),
        ("    port: 8080", "    port: 8080\n    ‸timeout: 5"),
    ],
)
def test_a_key_the_language_does_not_know_only_warns(old: str, new: str) -> None:
    text, places = marked(changed((old, new)))
    reading = read_text(text, "desk.yaml")

    assert [(item.code, item.severity, place(item)) for item in reading.diagnostics] == [
        ("NK2001", Severity.WARNING, places[0])
    ]
    assert "known keys" in reading.diagnostics[0].help
    assert [(item.code, item.severity) for item in read_text(text, "desk.yaml", strict=True).diagnostics] == [
        ("NK2001", Severity.ERROR)
    ]


SLIPS = [
    ("naftiko: 1.0.0-alpha2", "naftiko: ‸1.0.0-alpah2"),
    ("label: Desk", "label: a\n  ‸label: b"),
    ("Notes on a desk.", "‸!x Notes"),
    ("    port: 8080", "    port: ‸99999"),
    ("call: desk.get", "call: ‸desk.gte"),
    ("    port: 9090", "    port: ‸ninety"),
    ("      description: Reads", "      ‸decription: Reads"),
]


def test_all_mistakes_of_a_file_are_told_in_one_run_and_in_its_order() -> None:
    text, places = marked(changed(*SLIPS))
    compilation = compile_plan(read_text(text, "desk.yaml"), None)

    assert [place(item) for item in compilation.diagnostics if item.is_error] == places


@pytest.mark.parametrize(("first", "second"), list(combinations(SLIPS, 2)))
def test_no_mistake_hides_another(first: tuple[str, str], second: tuple[str, str]) -> None:
    text, places = marked(changed(first, second))
    compilation = compile_plan(read_text(text, "desk.yaml"), None)

    assert [place(item) for item in compilation.diagnostics if item.is_error] == places


def pointers(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*at, key)
        yield from pointers(item, (*at, key))


def mutations() -> Iterator[tuple[str, Any]]:
    """The right file with one key misspelled, or one value of the wrong type, at every place."""
    right = yaml.safe_load(DESK)
    for pointer in pointers(right):
        for kind, wrong in (("typo", None), ("number", 7.5), ("list", ["a"]), ("nothing", None)):
            value = copy.deepcopy(right)
            owner: Any = value
            for part in pointer[:-1]:
                owner = owner[part]
            key = pointer[-1]
            if kind == "typo" and not isinstance(key, str):
                continue
            if kind == "typo":
                renamed = {(name + name[-1] if name == key else name): inner for name, inner in owner.items()}
                owner.clear()
                owner.update(renamed)
            else:
                owner[key] = wrong
            yield f"{kind} at {pointer}", value


def test_one_mistake_of_shape_is_told_once_whatever_it_is() -> None:
    noisy = {}
    for name, value in mutations():
        text = yaml.safe_dump(value, sort_keys=False)
        reading = read_text(text, "desk.yaml")
        # What depends on a broken bind or consumed input is the plan's to leave unsaid, and has its tests there.
        others = {"NK6002", "NK4001"}
        errors = [item for item in compile_plan(reading, None).diagnostics if item.is_error and item.code not in others]
        if len(errors) > 1:
            noisy[name] = [item.message for item in errors]

    assert noisy == {}


def test_a_value_that_aliases_repeat_is_told_once() -> None:
    text, places = marked(
        changed(
            (
                "        outputParameters:\n        - type: string\n",
                "        outputParameters: &whole\n        - type: ‸strin\n",
            ),
            (
                "      outputParameters:\n      - type: string\n        mapping: $.\n",
                "      outputParameters: *whole\n",
            ),
        )
    )

    assert told(text) == [("NK2004", places[0])]


def test_what_the_parser_refused_is_not_refused_again() -> None:
    text, places = marked(changed(("label: Desk", "label: ‸!secret {a: b}"), ("    port: 8080", "    port: ‸!!int x")))

    assert told(text) == [("NK1009", places[0]), ("NK1009", places[1])]
    assert told(text, strict=True) == [("NK1009", places[0]), ("NK1009", places[1])]


def test_a_key_that_a_refused_tag_stands_behind_is_still_judged() -> None:
    text, places = marked(changed(("label: Desk", "label: Desk\n  ‸colour: ‸!x red")))

    assert told(text) == [("NK2001", places[0]), ("NK1009", places[1])]


@pytest.mark.parametrize(
    "text",
    [
        "naftiko: 1.0.0-alpha2\n‸consumes: [{type: http, namespace: a, baseUri: 'http://a', resources: []}]",
        "naftiko: 1.0.0-alpha2\ninfo: {}\n‸consumes:\n- {type: http, namespace: a, baseUri: 'http://a', resources: []}",
        "naftiko: 1.0.0-alpha2\n‸exposes: [{type: control, port: 1}]",
        "naftiko: 1.0.0-alpha2\n‸aggregates: [{namespace: a, label: A, functions: []}]",
        "naftiko: 1.0.0-alpha2\n‸binds: [{namespace: a, keys: {A: A}}]",
    ],
)
def test_material_for_import_is_called_so(text: str) -> None:
    text, places = marked(text)
    reading = read_text(text, "x.yaml")

    assert told(text) == [("NK2010", places[0])]
    assert reading.spec is None


def test_a_mistyped_capability_is_no_material_for_import() -> None:
    text, places = marked("naftiko: 1.0.0-alpha2\nconsumes: []\n‸capabilty: {exposes: []}")

    assert told(text) == [("NK2001", places[0])]


def test_a_file_with_neither_capability_nor_consumes_needs_one() -> None:
    [diagnostic] = read_text("naftiko: 1.0.0-alpha2\ninfo: {}", "x.yaml").diagnostics

    assert (diagnostic.code, place(diagnostic)) == ("NK2002", (1, 1))
    assert "`capability`" in diagnostic.message


RELAXED = changed(
    ("    namespace: desk-rest", "    namespace: desk-rest\n    ‸description: Notes."),
    ("        - type: string\n          mapping: $.\n", "        - ‸type: object\n          mapping: $.\n"),
    ("      - type: string\n        mapping: $.\n", "      - ‸type: object\n        mapping: $.\n"),
)


def test_what_only_the_official_schema_refuses_is_one_warning_a_kind() -> None:
    text, places = marked(RELAXED)
    reading = read_text(text, "desk.yaml")

    assert [(item.code, item.severity, place(item)) for item in reading.diagnostics] == [
        ("NK2011", Severity.WARNING, places[0]),
        ("NK2011", Severity.WARNING, places[1]),
    ]
    assert "the runtime serves this one" in reading.diagnostics[0].message
    assert "them (2 in this file, the first is here)" in reading.diagnostics[1].message


def test_strict_tells_each_place_the_official_schema_refuses() -> None:
    text, places = marked(RELAXED)
    reading = read_text(text, "desk.yaml", strict=True)

    assert [(item.code, item.severity, place(item)) for item in reading.diagnostics] == [
        ("NK2009", Severity.ERROR, item) for item in places
    ]
    assert all(item.message.endswith("(official schema)") for item in reading.diagnostics)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("    port: 8080", "    port: 99999", ["NK2004"]),
        ("    baseUri:", "    baseUrl:", ["NK2001"]),
        ("    namespace: desk-rest\n", "", ["NK2002"]),
        ("      description: Reads a note.\n", "", ["NK2009"]),
        ("    - name: get\n      description: Reads a note.\n", "    - label: x\n", ["NK2002", "NK2009"]),
    ],
)
def test_strict_tells_nothing_twice_and_hides_nothing(old: str, new: str, codes: list[str]) -> None:
    assert [code for code, _ in told(changed((old, new)), strict=True)] == codes


def test_a_title_stands_in_for_a_label() -> None:
    reading = read_text(changed(("label: Desk", "title: Desk")), "desk.yaml")

    assert reading.spec is not None
    assert reading.spec.info.label == "Desk"
    assert [item.code for item in reading.diagnostics] == ["NK2011"]


def test_a_format_is_served_in_any_case_and_told_where_the_official_schema_would_refuse_it() -> None:
    text, places = marked(changed(("        method: GET\n", "        method: GET\n        ‸outputRawFormat: Csv\n")))
    reading = read_text(text, "desk.yaml")

    assert reading.spec is not None
    assert reading.spec.consumes[0].operations[0].output_format == "csv"
    assert [(item.code, place(item)) for item in reading.diagnostics] == [("NK2011", places[0])]


def test_binds_of_the_file_and_of_the_capability_are_read() -> None:
    bind = "  binds:\n  - namespace: file\n    location: file://./x.json\n    keys: {A: a, B: 5}\n"
    spec = read_text(changed(("capability:\n", "capability:\n" + bind)), "desk.yaml").spec

    assert spec is not None
    assert [(item.namespace, item.location, item.keys) for item in spec.binds] == [
        ("env", None, (("DESK_TOKEN", "TOKEN"),)),
        ("file", "file://./x.json", (("A", "a"), ("B", "5"))),
    ]


def test_a_tunnel_is_kept() -> None:
    changes = ("    namespace: desk\n", "    namespace: desk\n    tunnel: {}\n")
    spec = read_text(changed(changes), "desk.yaml").spec

    assert spec is not None
    assert [item.has_tunnel for item in spec.consumes] == [True]


def test_no_secret_of_a_file_is_quoted() -> None:
    text = changed(
        ('      token: "{{DESK_TOKEN}}"', "      token: [canary-1]\n      tokn: canary-2\n      type2: canary-3")
    )
    reading = read_text(text, "desk.yaml", strict=True)

    assert reading.has_errors
    assert not [item for item in reading.diagnostics if "canary" in item.message + item.help]


def told_well(item: Diagnostic, text: str) -> bool:
    lines = text.splitlines() or [""]
    return bool(item.help and item.span and item.span.line <= len(lines) and item.message.isprintable())


@pytest.mark.skipif(not PUBLIC_FILES, reason="needs the collection of public files, which is not part of the project")
def test_every_public_file_is_told_well() -> None:
    badly = []
    for path in PUBLIC_FILES:
        for strict in (False, True):
            reading = read_spec(path, strict=strict)
            texts = {reading.file: reading.text, **reading.sources}
            badly += [(path, item) for item in reading.diagnostics if not told_well(item, texts[item.file])]

    assert badly == []


@pytest.mark.parametrize("key", ["consumes", "exposes", "aggregates"])
def test_what_stands_beside_a_capability_is_for_others(key: str) -> None:
    text, places = marked(DESK + f"‸{key}: []\n")
    reading = read_text(text, "desk.yaml")
    [diagnostic] = reading.diagnostics

    assert (diagnostic.code, diagnostic.severity, place(diagnostic)) == ("NK2012", Severity.WARNING, places[0])
    assert reading.spec is not None
    assert [item.namespace for item in reading.spec.consumes] == ["desk"]


def test_import_material_that_offers_nothing_is_told() -> None:
    text = 'ikanos: "1.0.0-beta5"\nconsumes: []\n'

    found = read_text(text, "shared.yaml").diagnostics

    assert [(item.code, item.pointer) for item in found] == [("NK2004", "/consumes"), ("NK2010", "/consumes")]
    assert found[0].message == "`consumes` is empty, so there is nothing here to import"
