from __future__ import annotations

import pytest

from naftiko_runtime.spec.generations.version import ALPHA2, GENERATIONS, Generation, Verdict, judge_version
from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.parse import parse
from tests.spec.places import marked, place


def judge(text: str) -> Verdict:
    document, diagnostics = parse(text, "x.yaml")
    assert isinstance(document, Document), diagnostics
    return judge_version(document)


@pytest.mark.parametrize("generation", GENERATIONS, ids=str)
def test_every_published_version_is_served(generation: Generation) -> None:
    verdict = judge(f"{generation}\ncapability: {{}}")

    assert (verdict.generation, verdict.problem) == (generation, None)


@pytest.mark.parametrize("generation", GENERATIONS, ids=str)
def test_the_generations_of_keyed_maps_are_those_of_ikanos(generation: Generation) -> None:
    assert generation.is_keyed == (generation.key == "ikanos")


def test_every_version_the_design_names_is_known() -> None:
    naftiko = [item.version for item in GENERATIONS if item.key == "naftiko"]
    ikanos = [item.version for item in GENERATIONS if item.key == "ikanos"]

    assert naftiko == ["0.4", "0.5", "1.0.0-alpha1", "1.0.0-alpha2", "1.0.0-alpha3"]
    assert ikanos == [f"1.0.0-{stage}" for stage in ("alpha3", "alpha4", "beta1", "beta2", "beta3", "beta4", "beta5")]


@pytest.mark.parametrize(
    ("text", "code", "message", "way_out"),
    [
        ("naftiko: ‸9.9.9", "NK2006", "`naftiko: 9.9.9`", "known versions: `naftiko`: 0.4"),
        ("naftiko: ‸1.0.0", "NK2006", "`naftiko: 1.0.0`", "1.0.0-alpha2"),
        ("naftiko: ‸v1.0.0-alpha2", "NK2006", "v1.0.0-alpha2", "did you mean `1.0.0-alpha2`?"),
        ("naftiko: ‸1.0.0-alpha9", "NK2006", "1.0.0-alpha9", "did you mean `1.0.0-alpha2`?"),
        ("naftiko: ‸1.0.0-beta5", "NK2006", "1.0.0-beta5", "did you mean `ikanos: 1.0.0-beta5`?"),
        ("ikanos: ‸1.0.0-alpha2", "NK2006", "1.0.0-alpha2", "did you mean `naftiko: 1.0.0-alpha2`?"),
        ("ikanos: ‸2", "NK2006", "`ikanos: 2`", "`ikanos`: 1.0.0-alpha3, 1.0.0-alpha4"),
        ("naftiko: ‸" + "9" * 90, "NK2006", "9" * 30 + "…`", "known versions"),
        ("‸naftiko:", "NK2003", "`naftiko` must be a version", "write `naftiko: 1.0.0-alpha2`"),
        ("naftiko: ‸true", "NK2003", "`naftiko` must be a version", "write"),
        ("‸naftiko: {version: 1.0.0-alpha2}", "NK2003", "`naftiko` must be a version", "write"),
        ("‸naftiko: [1.0.0-alpha2]", "NK2003", "`naftiko` must be a version", "write"),
        ("‸info: {}", "NK2005", "does not say which version", "start the file with `naftiko: 1.0.0-alpha2`"),
        ("info: {}\n‸naftko: 1.0.0-alpha2", "NK2005", "`naftko` is not", "did you mean `naftiko`?"),
        ("‸Naftiko: 1.0.0-alpha2", "NK2005", "`Naftiko` is not", "did you mean `naftiko`?"),
        ("‸ikano: 1.0.0-beta5", "NK2005", "`ikano` is not", "did you mean `ikanos`?"),
        ("naftiko: 0.5\n‸ikanos: 1.0.0-beta5", "NK2004", "`ikanos` can't stand beside `naftiko`", "keep the one"),
        ("ikanos: 1.0.0-beta5\n‸naftiko: 0.5", "NK2004", "`naftiko` can't stand beside `ikanos`", "keep the one"),
    ],
)
def test_what_is_wrong_with_a_version_is_told_at_its_place(text: str, code: str, message: str, way_out: str) -> None:
    text, places = marked(text)
    problem = judge(text).problem

    assert problem is not None
    assert problem.code == code
    assert message in problem.message
    assert way_out in problem.help
    assert place(problem) == places[0]


@pytest.mark.parametrize(
    "text",
    [
        "info: {}\ncapability: {}",
        "nafftiko: 1.0.0-alpha2\ncapability: {}",
        "naftiko: 1.0.0-alpah2\ncapability: {}",
        "ikanos: 1.0.0-alpha2\ncapability: {}",
    ],
)
def test_a_slip_in_the_version_does_not_hide_the_rest_of_the_file(text: str) -> None:
    verdict = judge(text)

    assert verdict.problem is not None
    assert verdict.generation == ALPHA2
    assert verdict.value["naftiko"] == "1.0.0-alpha2"
    assert set(verdict.value) <= {"naftiko", "info", "capability"}


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        ("naftik: 0.5\ncapability: {}", "naftiko: 0.5"),
        ("ikano: 1.0.0-beta5\ncapability: {}", "ikanos: 1.0.0-beta5"),
        ("ikanos: 1.0.0-beta55\ncapability: {}", "ikanos: 1.0.0-beta5"),
        ("naftiko: 1.0.0-beta5\ncapability: {}", "ikanos: 1.0.0-beta5"),
        ("naftiko: 1.0.0-alph1\ncapability: {}", "naftiko: 1.0.0-alpha1"),
    ],
)
def test_a_file_is_read_as_the_version_that_was_plainly_meant(text: str, generation: str) -> None:
    verdict = judge(text)
    key, _, version = generation.partition(": ")

    assert verdict.problem is not None
    assert str(verdict.generation) == generation
    assert next(iter(verdict.value.items())) == (key, version)


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.0.0\ninfo: {}",
        "naftiko: 9.9.9\ncapability: {}",
        "naftik: 0.7\ncapability: {}",
        "ikano: 1.0.0-beta5\ninfo: {}",
        "naftiko: {}\ncapability: {}",
        "naftiko: 1.0.0-alpha2\nikanos: 1.0.0-beta5\ncapability: {}",
    ],
)
def test_a_file_whose_version_can_only_be_guessed_is_not_read(text: str) -> None:
    verdict = judge(text)

    assert verdict.problem is not None
    assert verdict.generation is None
