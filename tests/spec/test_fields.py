from __future__ import annotations

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.fields import Fields

NOT_TEXT = (None, 5, 1.5, True, [], {}, ["a"], {"a": 1})


def fields(**values: object) -> Fields:
    return Fields(values, ("at",), Relaxations())


@pytest.mark.parametrize("value", NOT_TEXT)
def test_what_is_no_text_reads_as_absent_text(value: object) -> None:
    assert fields(a=value).text("a") == ""
    assert fields(a=value).optional_text("a") is None


def test_text_reads_as_it_is() -> None:
    assert (fields(a="x").text("a"), fields(a="").optional_text("a")) == ("x", "")
    assert (fields().text("a"), fields().optional_text("a")) == ("", None)


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (5, "5"), (1.5, "1.5"), (True, "true"), (False, "false"), (None, ""), ([1], ""), ({"a": 1}, "")],
)
def test_a_scalar_reads_as_json_writes_it(value: object, text: str) -> None:
    assert fields(a=value).scalar_text("a") == text


@pytest.mark.parametrize(("value", "number"), [(5, 5), (0, 0), (True, None), (1.5, None), ("5", None), (None, None)])
def test_only_a_whole_number_reads_as_one(value: object, number: int | None) -> None:
    assert fields(a=value).integer("a") == number


@pytest.mark.parametrize(("value", "truth"), [(True, True), (False, False), (1, None), ("true", None), (None, None)])
def test_only_a_boolean_reads_as_one(value: object, truth: bool | None) -> None:
    assert fields(a=value).boolean("a") is truth


@pytest.mark.parametrize("value", [None, 5, "x", [1]])
def test_what_is_no_mapping_reads_as_an_empty_one_at_its_place(value: object) -> None:
    inner = fields(a=value).mapping("a")

    assert (inner.values, inner.at) == ({}, ("at", "a"))


def test_a_mapping_knows_its_place_and_its_keys() -> None:
    inner = fields(a={"b": 1}).mapping("a")

    assert inner.at == ("at", "a")
    assert "b" in inner
    assert "c" not in inner


def test_items_that_are_no_mappings_are_skipped_and_the_others_keep_their_place() -> None:
    found = list(fields(a=[1, {"b": 1}, None, {}]).items("a"))

    assert [(item.at, item.values) for item in found] == [(("at", "a", 1), {"b": 1}), (("at", "a", 3), {})]


@pytest.mark.parametrize("value", [None, 5, "xy", {"b": {}}])
def test_what_is_no_list_has_no_items(value: object) -> None:
    assert list(fields(a=value).items("a")) == []


def test_relaxations_are_counted_by_kind_and_keep_their_first_place() -> None:
    owner = fields(a={}, b={})
    owner.note("things")
    owner.mapping("a").note("things", "x")
    owner.mapping("b").note("others", "y")

    assert owner.relaxations.found == {"things": (2, ("at",)), "others": (1, ("at", "b", "y"))}
