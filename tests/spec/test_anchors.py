from __future__ import annotations

import pytest

from naftiko_runtime.spec.text.anchors import MAX_ALIAS_CHARACTERS, MAX_ALIAS_NODES, MAX_DEPTH
from naftiko_runtime.spec.text.parse import parse


def codes(text: str) -> list[str]:
    return [item.code for item in parse(text, "x.yaml")[1]]


def nested(depth: int, core: str = "") -> str:
    return "[" * depth + core + "]" * depth


def test_the_deepest_nesting_is_read_and_one_level_more_is_not() -> None:
    assert codes("a: " + nested(MAX_DEPTH - 1)) == []
    assert codes("a: " + nested(MAX_DEPTH)) == ["NK1007"]


def test_levels_behind_an_alias_count() -> None:
    text = f"a: &a {nested(60)}\nb: "

    assert codes(text + nested(MAX_DEPTH - 61, "*a")) == []
    assert codes(text + nested(MAX_DEPTH - 60, "*a")) == ["NK1007"]


def test_levels_behind_aliases_of_aliases_count() -> None:
    text = f"a: &a {nested(40)}\nb: &b {nested(40, '*a')}\nc: "

    assert codes(text + nested(MAX_DEPTH - 81, "*b")) == []
    assert codes(text + nested(MAX_DEPTH - 80, "*b")) == ["NK1007"]


def test_the_depth_of_one_place_is_not_the_depth_of_another() -> None:
    assert codes(f"a: &a {nested(90)}\nb: &b 1\nc: {nested(90, '*b')}\nd: *a\ne: &e [*a]\nf: [*e]") == []


def test_an_anchor_does_not_hide_how_deep_its_owner_is() -> None:
    inner = nested(50, "&x 1")

    assert codes(f"a: &a {inner}\nb: {nested(MAX_DEPTH - 51, '*a')}") == []
    assert codes(f"a: &a {inner}\nb: {nested(MAX_DEPTH - 50, '*a')}") == ["NK1007"]


def test_values_behind_aliases_count_until_there_are_too_many() -> None:
    row = "a: &a [" + "1, " * 99 + "1]\nb:\n"  # 101 values
    most = MAX_ALIAS_NODES // 101

    assert codes(row + "- *a\n" * most) == []
    assert codes(row + "- *a\n" * (most + 1)) == ["NK1008"]


def test_each_alias_counts_even_of_a_single_word() -> None:
    assert codes("a: &a 1\nb: [" + "*a, " * MAX_ALIAS_NODES + "]") == []
    assert codes("a: &a 1\nb: [" + "*a, " * MAX_ALIAS_NODES + "*a]") == ["NK1008"]


def test_keys_that_are_merged_count() -> None:
    row = "a: &a {" + "".join(f"k{index}: 1, " for index in range(1000)) + "}\n"

    assert codes(row + "b: {<<: *a}\n") == []
    assert codes(row + "b:\n" + "- {<<: *a}\n" * 51) == ["NK1008"]


def test_a_merge_that_is_written_out_counts_as_well() -> None:
    inner = "".join(f"k{index}: 1, " for index in range(2000))

    assert codes("{<<: " * 60 + "{" + inner + "}" + "}" * 60) == ["NK1008"]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_characters_behind_aliases_count(quote: str) -> None:
    text = f"a: &a {quote}{'x' * (MAX_ALIAS_CHARACTERS // 4)}{quote}\nb: "

    assert codes(text + "[*a, *a, *a]") == []
    assert codes(text + "[*a, *a, *a, *a]") == ["NK1008"]


def test_characters_behind_aliases_of_aliases_count() -> None:
    text = f"a: &a '{'x' * (MAX_ALIAS_CHARACTERS // 8)}'\nb: &b [*a, *a]\nc: "

    assert codes(text + "[*b, *b]") == []
    assert codes(text + "[*b, *b, *b]") == ["NK1008"]


def test_an_anchor_that_is_given_twice_means_the_later_value() -> None:
    document, _ = parse("a: &x 1\nb: *x\nc: &x [2]\nd: *x", "x.yaml")

    assert document is not None
    assert document.value == {"a": 1, "b": 1, "c": [2], "d": [2]}
