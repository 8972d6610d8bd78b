from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.diagnostics.suggest import nearest, one_edit

KEYS = ("name", "method", "inputParameters", "baseUri", "in", "type", "allowed-tools")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("methd", "method"),
        ("methodd", "method"),
        ("metjod", "method"),
        ("mehtod", "method"),
        ("Method", "method"),
        ("base_uri", "baseUri"),
        ("BASE-URI", "baseUri"),
        ("allowedTools", "allowed-tools"),
        ("inn", "in"),
        ("tpye", "type"),
    ],
)
def test_one_slip_is_recognised(word, meant):
    assert one_edit(word, KEYS) == meant


@pytest.mark.parametrize("word", ["mtd", "mehtdo", "id", "i", "", "_", "path", "parameters", "baseUrll"])
def test_more_than_one_slip_is_not_one(word):
    assert one_edit(word, KEYS) is None


def test_a_word_is_no_slip_for_itself():
    assert one_edit("name", ["name"]) is None
    assert one_edit("names", ["names", "name"]) == "name"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("inputParams", None),
        ("inputParamters", "inputParameters"),
        ("input_parameter", "inputParameters"),
        ("mehtdo", "method"),
        ("nam", "name"),
        ("id", None),
        ("q", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_within_a_third_of_the_length(word, meant):
    assert nearest(word, KEYS) == meant


def test_of_equally_near_words_the_first_is_offered():
    assert nearest("list-job", ["list-jobs", "list-jog"]) == "list-jobs"
    assert nearest("list-job", ["list-jog", "list-jobs"]) == "list-jog"


def test_the_word_itself_is_nearest():
    assert nearest("name", ["names", "name"]) == "name"


def test_no_candidates_give_no_suggestion():
    assert nearest("name", []) is None
    assert one_edit("name", iter(())) is None


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=4))
def test_a_suggestion_is_always_one_of_the_candidates(word, candidates):
    assert nearest(word, candidates) in (None, *candidates)
    assert one_edit(word, candidates) in (None, *candidates)


@given(st.text(min_size=3, max_size=12), st.data())
def test_every_deletion_is_one_slip(word, data):
    position = data.draw(st.integers(0, len(word) - 1))
    slipped = word[:position] + word[position + 1 :]
    assert one_edit(slipped, [word]) == word


@given(st.text("abc", min_size=3, max_size=6), st.data())
def test_every_swap_of_neighbours_is_one_slip(word, data):
    position = data.draw(st.integers(0, len(word) - 2))
    slipped = word[:position] + word[position + 1] + word[position] + word[position + 2 :]
    assert one_edit(slipped, [word]) == (word if slipped != word else None)


@given(st.text("ab", min_size=3, max_size=6), st.text("ab", min_size=3, max_size=6))
def test_one_slip_is_also_the_nearest(word, candidate):
    if one_edit(word, [candidate]):
        assert nearest(word, [candidate]) == candidate
