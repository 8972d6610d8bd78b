from __future__ import annotations

import pytest

from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.plan.wiring.sources import constant, from_input, joined


def test_an_input_reads_the_callers_argument_else_its_default():
    assert from_input("a").read({"a": None}) is None
    assert from_input("a").read({}) is ABSENT
    assert from_input("a", 5).read({}) == 5


@pytest.mark.parametrize(("value", "words"), [(5, "`5`"), (True, "`true`"), ("x", "`x`"), ([1], "`[1]`")])
def test_a_constant_tells_its_value_unless_it_has_other_words(value, words):
    assert (constant(value).words, constant(value, "variable `A`").words) == (words, "variable `A`")
    assert constant(value).read({"value": 1}) == value


def test_a_sole_source_keeps_its_type():
    source = joined((from_input("a"),), "w")
    assert (source.read({"a": [1]}), source.words, source.is_constant) == ([1], "w", False)


@pytest.mark.parametrize(
    ("given", "text"), [({"a": 1}, "x1y"), ({"a": True}, "xtruey"), ({}, ABSENT), ({"a": None}, ABSENT)]
)
def test_texts_and_sources_join_as_text_or_are_absent_together(given, text):
    assert joined(("x", from_input("a"), "y"), "w").read(given) == text


def test_constants_join_to_a_constant():
    source = joined(("x", constant(1)), "w")
    assert (source.is_constant, source.read({}), source.words) == (True, "x1", "w")
