from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator as ReferenceValidator
from jsonschema_rs import Draft202012Validator

from naftiko_runtime.data import data_path
from naftiko_runtime.spec.generations.version import GENERATIONS
from naftiko_runtime.spec.schema.check import check_official
from tests.spec import ikanos_verdicts as ikanos
from tests.spec import older_verdicts as older
from tests.spec.mutations import mutants
from tests.spec.published import SHARED, public_documents

PUBLISHED = {
    "naftiko-0.5": "naftiko-schema-0.5.json",
    "naftiko-1.0.0-alpha1": "naftiko-schema-1.0.0-alpha1.json",
    "ikanos-1.0.0-beta5": "ikanos-schema-1.0.0-beta5.json",
}
"""The generations that have a schema of their own besides alpha2, and what the published one is called."""

NEAREST = {
    "naftiko-0.4": "naftiko-0.5",
    "ikanos-1.0.0-alpha3": "ikanos-1.0.0-beta5",
    "ikanos-1.0.0-alpha4": "ikanos-1.0.0-beta5",
    "ikanos-1.0.0-beta1": "ikanos-1.0.0-beta5",
    "ikanos-1.0.0-beta2": "ikanos-1.0.0-beta5",
    "ikanos-1.0.0-beta3": "ikanos-1.0.0-beta5",
    "ikanos-1.0.0-beta4": "ikanos-1.0.0-beta5",
}

ACCEPTED = {**older.ACCEPTED, "ikanos-1.0.0-beta5": ikanos.ACCEPTED}
REFUSED = {**older.REFUSED, "ikanos-1.0.0-beta5": ikanos.REFUSED}

needs_published = pytest.mark.skipif(
    not (SHARED / "reference").is_dir(), reason="needs the published schemas, which are not part of the project"
)
each_generation = pytest.mark.parametrize("generation", PUBLISHED)


@cache
def ours(generation: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(data_path("schemas", f"{generation}.json").read_bytes()))


@cache
def published(generation: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SHARED / "reference" / PUBLISHED[generation]).read_bytes()))


def differs(generation: str, document: Any) -> bool:
    """Whether our schema decides otherwise than the published one."""
    return ours(generation).is_valid(document) != published(generation).is_valid(document)


def versioned(document: dict[str, Any], generation: str) -> dict[str, Any]:
    """A document as one of a generation, whatever it was written in."""
    key, _, version = generation.partition("-")
    return {key: version, **{name: value for name, value in document.items() if name not in ("naftiko", "ikanos")}}


def whole(generation: str) -> list[dict[str, Any]]:
    """Our own files that use every key of a generation."""
    text = (Path(__file__).parent / "generations" / f"{generation}.yaml").read_text("utf-8")
    return list(yaml.safe_load_all(text))


def cases(tables: dict[str, dict[str, Any]]) -> Any:
    """Each case of each table, named after what it is."""
    found = [(generation, name) for generation, table in tables.items() for name in table]
    documents = [(generation, versioned(tables[generation][name], generation)) for generation, name in found]
    names = [f"{generation}: {name}" for generation, name in found]
    return pytest.mark.parametrize(("generation", "document"), documents, ids=names)


@cases(ACCEPTED)
def test_the_schema_of_a_generation_accepts(generation, document):
    assert check_official(document, generation=generation) == []


@cases(REFUSED)
def test_the_schema_of_a_generation_refuses(generation, document):
    assert not ours(generation).is_valid(document)
    assert check_official(document, generation=generation)


@each_generation
@pytest.mark.parametrize("value", [None, [], "naftiko", {}, {"capability": {"exposes": [older.REST]}}], ids=repr)
def test_what_has_no_version_is_refused(generation, value):
    assert check_official(value, generation=generation)


@each_generation
def test_every_generation_refuses_the_files_of_the_others(generation):
    others = {"naftiko-1.0.0-alpha2", *PUBLISHED} - {generation}
    for other in others:
        assert check_official(versioned(whole(generation)[0], other), generation=generation)


@each_generation
def test_the_whole_language_of_a_generation_is_accepted(generation):
    for document in whole(generation):
        assert check_official(document, generation=generation) == []


@each_generation
def test_the_reference_validator_decides_alike(generation):
    validator = ReferenceValidator(json.loads(data_path("schemas", f"{generation}.json").read_bytes()))
    for name, document in ACCEPTED[generation].items():
        assert validator.is_valid(versioned(document, generation)), name
    for name, document in REFUSED[generation].items():
        assert not validator.is_valid(versioned(document, generation)), name


@each_generation
def test_each_generation_is_shown_by_many_cases(generation):
    assert len(ACCEPTED[generation]) + len(REFUSED[generation]) >= 40


def test_every_generation_has_a_schema():
    for generation in GENERATIONS:
        name = f"{generation.key}-{generation.version}"
        document = {generation.key: generation.version, "consumes": [older.imported()["consumes"][0]]}
        if generation.key == "ikanos":
            document["consumes"] = [ikanos.IMPORT]
        assert check_official(document, generation=name) == []


@pytest.mark.parametrize(("generation", "nearest"), NEAREST.items(), ids=NEAREST)
def test_a_generation_without_a_schema_is_judged_by_the_nearest_one(generation, nearest):
    for document in whole(nearest):
        assert check_official(versioned(document, generation), generation=generation) == []
        [violation] = check_official(document, generation=generation)
        assert violation.pointer == (generation.partition("-")[0],)


def test_alpha3_is_alpha2_by_another_version():
    document = {"naftiko": "1.0.0-alpha3", "capability": {"consumes": [older.imported()["consumes"][0]]}}
    assert check_official(document, generation="naftiko-1.0.0-alpha3") == []
    assert check_official(document)


def test_a_generation_that_never_was_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        check_official({}, generation="naftiko-2.0")


@pytest.mark.parametrize(
    ("document", "pointer", "message"),
    [
        (ikanos.rest(resources={}), ("capability", "exposes", 0, "resources"), "`resources` must not be empty"),
        (
            ikanos.mcp(port=1, tools={"a_b": ikanos.CALLED}),
            ("capability", "exposes", 0, "tools", "a_b"),
            "`a_b` must be a name of letters, digits and `-`",
        ),
        (
            ikanos.operation(responses={"600": {}}),
            ("capability", "exposes", 0, "resources", "r", "operations", "o", "responses", "600"),
            "`600` must be a status like `200` or `2XX`",
        ),
        (
            ikanos.operation(responses={}, responseBinary={"mediaType": "a/b"}),
            ("capability", "exposes", 0, "resources", "r", "operations", "o", "responseBinary"),
            "an exposed operation with `responses` has no `responseBinary`",
        ),
        (
            ikanos.tool(**ikanos.STEPPED, outputParameters=ikanos.MAPPED),
            ("capability", "exposes", 0, "tools", "t", "outputParameters"),
            "`outputParameters` must be a mapping, found a list",
        ),
        ({"consumes": [{"from": "x"}]}, ("consumes", 0), "an import needs `import`"),
        (
            {"consumes": [ikanos.API], "binds": [ikanos.IMPORT]},
            ("binds",),
            "`binds` can't stand beside `consumes` in a capability file",
        ),
        (
            {},
            (),
            "a capability file needs `capability`, `consumes`, `exposes`, `aggregates` or `binds`",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_an_ikanos_file_is_told_once_and_in_its_own_words(document, pointer, message):
    [violation] = check_official(versioned(document, "ikanos-1.0.0-beta5"), generation="ikanos-1.0.0-beta5")
    assert violation.pointer == pointer
    assert violation.message == message
    assert violation.help


@needs_published
@each_generation
def test_our_tables_agree_with_the_published_schema(generation):
    def accepted(table: dict[str, Any]) -> list[str]:
        judge = published(generation)
        return [name for name, document in table.items() if judge.is_valid(versioned(document, generation))]

    assert accepted(ACCEPTED[generation]) == list(ACCEPTED[generation])
    assert accepted(REFUSED[generation]) == []


@needs_published
@each_generation
def test_every_public_file_is_decided_like_the_published_schema_does(generation):
    key, _, version = generation.partition("-")
    own, different = 0, []
    for name, document in public_documents():
        variants = [document]
        if isinstance(document, dict):
            own += document.get(key) == version
            variants.append(versioned(document, generation))
        different += [name for variant in variants if differs(generation, variant)]
    assert own >= 16
    assert different == []


LISTS_WHERE_MAPS_ARE_DUE = {
    "aggregates/shared.aggregates.yml",
    "consumes/shared-clients.yml",
    "consumes/shared.consumes.yml",
    "exposes/shared-servers.yml",
    "exposes/shared.exposes.yml",
}
"""Official inputs of the engine, which reads them; the official schema refuses them all the same."""


@needs_published
def test_the_official_ikanos_files_are_accepted_except_the_six_that_their_own_schema_refuses():
    refused, seen = set(), 0
    for name, document in public_documents():
        if name.startswith("reference/official/") and isinstance(document, dict) and "ikanos" in document:
            seen += 1
            if check_official(document, generation=f"ikanos-{document['ikanos']}"):
                refused.add(name.rpartition("/imports/")[2])
    assert seen > 50
    assert refused == {*LISTS_WHERE_MAPS_ARE_DUE, "invalid/empty-section.consumes.yml"}


def _alone(generation: str) -> Iterator[dict[str, Any]]:
    """A small file for each entry of the lists of a whole one, so that a mutation judges little."""
    key = generation.partition("-")[0]
    documents = whole(generation)
    least = documents[-1]["capability"]
    for document in documents:
        sections = document.get("capability", {})
        for section, entries in sections.items():
            for entry in entries:
                yield copy.deepcopy({key: document[key], "capability": {**least, section: [entry]}})
        yield copy.deepcopy({**document, "capability": least} if sections else document)


@needs_published
@each_generation
def test_every_single_mutation_is_decided_like_the_published_schema_does(generation):
    different, seen = [], 0
    for part in _alone(generation):
        assert ours(generation).is_valid(part)
        for pointer, change, mutant in mutants(part):
            seen += 1
            if differs(generation, mutant):
                different.append((pointer, change))
    assert seen > 10_000
    assert different == []


@each_generation
def test_every_mutation_that_is_refused_is_told(generation):
    untold = [
        (pointer, change)
        for part in _alone(generation)
        for pointer, change, mutant in itertools.islice(mutants(part), 0, None, 23)
        if bool(check_official(mutant, generation=generation)) == ours(generation).is_valid(mutant)
    ]
    assert untold == []


OUTPUTS: dict[str, tuple[Any, ...]] = {
    "naftiko": (None, [], older.MAPPED, older.FIXED, older.NAMED, older.NAMED + older.MAPPED, ["x"], [{}], {}),
    "ikanos": (
        None,
        [],
        {},
        ikanos.MAPPED,
        ikanos.NAMED,
        ikanos.MOCK,
        {**ikanos.NAMED, "b": ikanos.MOCK["a"]},
        ["x"],
        {"a": "x"},
        1,
        "x",
    ),
}


@needs_published
@pytest.mark.parametrize(
    ("generation", "owner"),
    [
        *itertools.product(older.ACCEPTED, (older.tool, older.operation, older.mcp_resource)),
        *itertools.product(
            ("ikanos-1.0.0-beta5",), (ikanos.tool, ikanos.flow, ikanos.operation, ikanos.mcp_resource, ikanos.called)
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_every_combination_of_behaviours_is_decided_like_the_published_schema_does(
    generation: str, owner: Callable[..., dict[str, Any]]
):
    key = generation.partition("-")[0]
    optional: dict[str, Any] = {
        "name": "n",
        "description": "D.",
        "call": "a.b",
        "steps": older.STEPS if key == "naftiko" else ikanos.STEPS,
        "ref": "a.b",
        "location": "file:///x",
        "mappings": [],
    }
    different = []
    for chosen in itertools.product((False, True), repeat=len(optional)):
        keys = {name: value for (name, value), taken in zip(optional.items(), chosen, strict=True) if taken}
        for outputs in OUTPUTS[key]:
            written = keys if outputs is None else {**keys, "outputParameters": outputs}
            if differs(generation, versioned(owner(**written), generation)):
                different.append(written)
    assert different == []
