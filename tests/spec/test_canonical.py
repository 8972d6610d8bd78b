from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from naftiko_runtime.spec.generations.canonical import STRAY_NAME, canonicalise
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.generations.version import GENERATIONS
from naftiko_runtime.spec.schema.check import check_runtime
from naftiko_runtime.spec.schema.spelling import Spelling
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.parse import parse
from tests.spec.forms import canonical, read
from tests.spec.published import SHARED

HERE = Path(__file__).parent
IKANOS = "ikanos: 1.0.0-beta5\n"
IKANOS_TEXTS = (HERE / "generations" / "ikanos-1.0.0-beta5.yaml").read_text("utf-8").split("---\n")
OFFICIAL = sorted((SHARED / "reference" / "official").rglob("*.y*ml"))


def capability(text: str) -> Any:
    return canonical(f"{IKANOS}capability: {text}").value["capability"]


def pointers(value: Any, at: Pointer = ()) -> Iterator[Pointer]:
    yield at
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from pointers(inner, (*at, part))


@pytest.mark.parametrize("generation", [item for item in GENERATIONS if "1.0.0" in item.version and not item.is_keyed])
def test_what_has_the_form_of_alpha2_stays_as_it_is(generation: Any) -> None:
    document = read(f"{generation}\ncapability: {{}}")

    assert canonicalise(document, document.value, generation, Relaxations()) is document


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("{}", {}),
        (
            "{consumes: [{resources: {a: {operations: {b: {display: B}}}}}]}",
            {"consumes": [{"resources": [{"name": "a", "operations": [{"name": "b", "label": "B"}]}]}]},
        ),
        (
            "{consumes: [{inputParameters: {X-Y: {in: header}}}]}",
            {"consumes": [{"inputParameters": [{"name": "X-Y", "in": "header"}]}]},
        ),
        (
            "{exposes: [{tools: {t: {steps: {s: {type: call, with: {display: 1}}}}}}]}",
            {"exposes": [{"tools": [{"name": "t", "steps": [{"name": "s", "type": "call", "with": {"display": 1}}]}]}]},
        ),
        (
            "{exposes: [{tools: {t: {mappings: [{target: a, value: b}]}}}]}",
            {"exposes": [{"tools": [{"name": "t", "mappings": [{"targetName": "a", "value": "b"}]}]}]},
        ),
        (
            "{exposes: [{prompts: {p: {arguments: {a: {}}}}, skills: {s: {tools: {t: {from: {action: x}}}}}}]}",
            {
                "exposes": [
                    {
                        "prompts": [{"name": "p", "arguments": [{"name": "a"}]}],
                        "skills": [{"name": "s", "tools": [{"name": "t", "from": {"action": "x"}}]}],
                    }
                ]
            },
        ),
        (
            "{aggregates: [{flows: {f: {inputParameters: {i: {}}}}}]}",
            {"aggregates": [{"functions": [{"name": "f", "inputParameters": [{"name": "i"}]}]}]},
        ),
        (
            "{exposes: [{tools: {t: {outputParameters: {o: {properties: {p: {items: {i: {type: string}}}}}}}}}]}",
            {
                "exposes": [
                    {
                        "tools": [
                            {
                                "name": "t",
                                "outputParameters": [
                                    {
                                        "name": "o",
                                        "properties": {"p": {"items": [{"name": "i", "type": "string"}]}},
                                    }
                                ],
                            }
                        ]
                    }
                ]
            },
        ),
        (
            "{exposes: [{tools: {t: {outputParameters: [{items: {type: string, mapping: $}}]}}}]}",
            {
                "exposes": [
                    {"tools": [{"name": "t", "outputParameters": [{"items": {"type": "string", "mapping": "$"}}]}]}
                ]
            },
        ),
        (
            "{consumes: [{from: ./a.yaml, import: a}], exposes: [{from: ./b.yaml, import: b}]}",
            {
                "consumes": [{"location": "./a.yaml", "import": "a"}],
                "exposes": [{"location": "./b.yaml", "import": "b"}],
            },
        ),
        (
            "{binds: [{location: file:///x, namespace: e, keys: {flows: flows}}]}",
            {"binds": [{"location": "file:///x", "namespace": "e", "keys": {"flows": "flows"}}]},
        ),
    ],
)
def test_maps_become_lists_and_words_become_those_of_alpha2(written: str, form: Any) -> None:
    assert capability(written) == form


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("{exposes: {a: 1}}", {"exposes": {"a": 1}}),
        ("{exposes: [5]}", {"exposes": [5]}),
        ("{exposes: [{tools: 5}]}", {"exposes": [{"tools": 5}]}),
        ("{exposes: [{tools: {t: }}]}", {"exposes": [{"tools": [None]}]}),
        ("{exposes: [{tools: {t: {outputParameters: {o: {properties: 5}}}}}]}", None),
    ],
)
def test_what_has_the_wrong_type_stays_as_it_is(written: str, form: Any) -> None:
    assert form is None or capability(written) == form
    assert [pointer for pointer in pointers(capability(written)) if pointer]


def test_a_word_of_another_generation_is_a_word_nobody_knows() -> None:
    assert capability("{aggregates: [{label: a, functions: []}]}") == {"aggregates": [{"display": "a", "flows": []}]}
    assert capability("{aggregates: [{label: a, display: b}]}") == {"aggregates": [{"display": "a", "label": "b"}]}


def test_a_name_inside_what_stands_under_its_name_is_not_its_name() -> None:
    assert capability("{exposes: [{tools: {t: {name: x}}}]}") == {
        "exposes": [{"tools": [{"name": "t", STRAY_NAME: "x"}]}]
    }


def test_the_root_of_a_later_file_is_that_of_alpha2() -> None:
    document = canonical(f"{IKANOS}info: {{display: A}}\nbinds: [{{from: a, import: b}}]")

    assert document.value == {
        "naftiko": "1.0.0-beta5",
        "info": {"label": "A"},
        "binds": [{"location": "a", "import": "b"}],
    }


def test_lists_of_names_are_taken_and_counted() -> None:
    notes = Relaxations()
    document = canonical(
        f"{IKANOS}capability: {{exposes: [{{tools: [{{name: t, display: T}}]}}, {{resources: []}}]}}", notes
    )

    assert document.value["capability"]["exposes"][0] == {"tools": [{"name": "t", "label": "T"}]}
    [(count, first)] = notes.found.values()
    assert (count, first) == (2, ("capability", "exposes", 0, "tools"))


def test_a_list_of_outputs_is_no_other_form() -> None:
    notes = Relaxations()
    canonical(f"{IKANOS}capability: {{exposes: [{{tools: {{t: {{outputParameters: [{{type: string}}]}}}}}}]}}", notes)

    assert notes.found == {}


def test_keys_without_effect_are_counted() -> None:
    notes = Relaxations()
    canonical(f"{IKANOS}capability: {{exposes: [{{binary: true}}, {{binary: false}}]}}", notes)

    assert notes.unused == {
        "binary": (2, ("capability", "exposes", 0, "binary")),
    }


@pytest.mark.parametrize("text", IKANOS_TEXTS)
def test_the_whole_of_a_later_language_is_known(text: str) -> None:
    document = canonical(text)
    violations = check_runtime(document.value, Spelling(document.written, is_keyed=True))

    # Files without a capability are told for what they are before their shape is checked.
    assert [item for item in violations if item.pointer and "capability" in document.value] == []


def assert_every_place_is_kept(text: str) -> None:
    original, brought = read(text), canonical(text)
    for pointer in pointers(original.value):
        at = brought.located(pointer)
        assert brought.written(at) == pointer
        assert (brought.span(at), brought.key_span(at)) == (original.span(pointer), original.key_span(pointer))


@pytest.mark.parametrize("text", IKANOS_TEXTS)
def test_every_place_of_a_later_file_is_that_of_its_text(text: str) -> None:
    assert_every_place_is_kept(text)


@pytest.mark.skipif(not OFFICIAL, reason="needs the official files, which are not part of the project")
def test_every_place_of_the_official_later_files_is_that_of_their_text() -> None:
    for file in OFFICIAL:
        document, _ = parse(file.read_text("utf-8"), file.name)
        if document is not None and "ikanos" in document.value:
            assert_every_place_is_kept(file.read_text("utf-8"))


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ((), ()),
        (("naftiko",), ("ikanos",)),
        (("capability", "exposes", 0, "tools", 1), ("capability", "exposes", 0, "tools", "b")),
        (("capability", "exposes", 0, "tools", 1, "name"), ("capability", "exposes", 0, "tools", "b")),
        (("capability", "exposes", 0, "tools", 1, "label"), ("capability", "exposes", 0, "tools", "b", "display")),
        (("capability", "exposes", 0, "tools", 9, "x"), ("capability", "exposes", 0, "tools", 9, "x")),
        (("capability", "exposes", 0, "port", 3), ("capability", "exposes", 0, "port", 3)),
    ],
)
def test_a_pointer_leads_to_what_the_author_wrote(at: Pointer, written: Pointer) -> None:
    document = canonical(f"{IKANOS}capability: {{exposes: [{{port: 1, tools: {{a: {{}}, b: {{display: B}}}}}}]}}")

    assert document.written(at) == written


@pytest.mark.parametrize(("key", "version"), [("ikano", "1.0.0-beta5"), ("naftik", "0.5")])
def test_a_mistyped_version_key_has_no_place_in_the_form(key: str, version: str) -> None:
    document = canonical(f"{key}: {version}\ncapability: {{}}")

    assert document.value == {"naftiko": version, "capability": {}}
    assert document.span(("naftiko",)) == document.span(())
