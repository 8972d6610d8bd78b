"""Names are one name when they keep the same lower-cased letters and digits (C13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.text.names import find_name, find_value, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("workspace-id", "workspaceId"),
        ("workspace_id", "WORKSPACEID"),
        ("_batchId", "batchid"),
        ("mrap_name+", "mrap-name"),
        ("issue_class~neq", "issueClassNeq"),
        ("filter[x]", "filterX"),
        ("$top", "top"),
        ("größe", "GRÖSSE".replace("SS", "ß")),
    ],
)
def test_two_spellings_of_one_name_fold_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("größe", "grüße"), ("id1", "id2"), ("$", "+"), ("名前", "日付")])
def test_different_names_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("name", ["$", "+", "[]", "_"])
def test_a_name_of_marks_alone_is_itself(name):
    assert fold(name) == name


def test_the_equal_name_wins_over_one_that_folds_alike():
    assert find_name("a_b", ["a-b", "a_b", "aB"]) == "a_b"


def test_the_first_that_folds_alike_is_found():
    assert find_name("aB", ["x", "a-b", "a_b"]) == "a-b"


def test_a_name_that_nothing_means_is_not_found():
    assert find_name("a", ["b"]) is None


def test_a_value_is_found_under_any_spelling_of_its_name():
    assert find_value("jobId", {"other": 1, "job-id": 2}) == 2


def test_no_value_is_found_for_a_name_that_nothing_means():
    assert find_value("jobId", {"other": 1}) is None


@given(st.text())
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)
