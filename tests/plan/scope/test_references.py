"""What a value of `with` refers to (C11)."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.scope.references import (
    InputReference,
    Literal,
    StepReference,
    Template,
    parse_with_value,
    strip_face_prefix,
)
from naftiko_runtime.plan.text.template import Placeholder, TemplateError

OWN = "harbour-rest"
DECLARED = frozenset({"ship", "berth-id"})


def read(value: object) -> object:
    return parse_with_value(value, OWN, DECLARED)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rest.x", "x"),
        ("tools.x", "x"),
        ("mcp.x", "x"),
        ("harbour-rest.x", "x"),
        ("$this.x", "x"),
        ("$this.harbour-rest.x", "x"),
        (" rest.x ", "x"),
        ("rest.issue_class~neq", "issue_class~neq"),
        ("rest.filter[x]", "filter[x]"),
        ("rest.mrap_name+", "mrap_name+"),
        ("rest.a.b", "a.b"),
        ("rest.query", "query"),
        ("tools.$top", "$top"),
    ],
)
def test_every_spelling_of_an_input_is_a_reference(text, name):
    assert read(text) == InputReference(name, text.strip())


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("rest.body.x", "x", Place.BODY),
        ("rest.query.x", "x", Place.QUERY),
        ("rest.path.x", "x", Place.PATH),
        ("rest.header.X-Tenant", "X-Tenant", Place.HEADER),
        ("rest.body.a.b", "a.b", Place.BODY),
        ("rest.body", "body", Place.DOCUMENT),
        ("tools.body", "body", Place.DOCUMENT),
    ],
)
def test_a_reference_may_say_where_the_input_is_read(text, name, place):
    assert read(text) == InputReference(name, text, place)


@pytest.mark.parametrize("text", ["ship", "berth-id", "berthId", " ship "])
def test_a_bare_declared_input_is_a_reference(text):
    assert read(text) == InputReference(text.strip(), text.strip())


@pytest.mark.parametrize(
    "value",
    [
        "kind=api",
        "ships",
        "rest",
        "rest.",
        "rest. of the day",
        "restful.x",
        "env.KEY",
        "other-rest.x",
        "ship!",
        "",
        "2026-05-19",
        "{x}",
        5,
        2.5,
        True,
        None,
        ["rest.x"],
        {"a": 1},
    ],
)
def test_any_other_value_means_itself(value):
    assert read(value) == Literal(value)


@pytest.mark.parametrize("text", ["$.find-ship.id", "$.a"])
def test_a_path_is_a_reference_to_a_step(text):
    assert read(text) == StepReference(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("{{x}}", (Placeholder("x", True),)),
        ("  {{x}}\n", (Placeholder("x", True),)),
        ("id:{{x}}", ("id:", Placeholder("x", True))),
        (" by {{x}} ", (" by ", Placeholder("x", True), " ")),
    ],
)
def test_double_braces_are_a_template_whose_own_spaces_stay(text, parts):
    assert read(text) == Template(parts, text.strip())


def test_braces_that_do_not_pair_up_are_an_error():
    with pytest.raises(TemplateError):
        read("{{x")


def test_without_a_namespace_of_its_own_a_face_still_has_the_common_prefixes():
    assert [strip_face_prefix(text, "") for text in ("rest.x", "$this.x", ".x", "x")] == ["x", "x", None, None]
