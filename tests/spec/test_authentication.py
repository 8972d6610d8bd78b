from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.authentication import read_authentication
from naftiko_runtime.spec.model.fields import Fields


def owner(**values: Any) -> Fields:
    return Fields(values, ("o",), Relaxations())


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ({"type": "bearer", "token": "{{T}}"}, {"token": "{{T}}"}),
        ({"type": "basic", "username": "u", "password": 5}, {"username": "u", "password": "5"}),
        (
            {"type": "apikey", "key": "X", "value": "v", "placement": "query"},
            {"key": "X", "value": "v", "placement": "query"},
        ),
        ({"type": "apikey", "key": "X", "value": "v"}, {"key": "X", "value": "v", "placement": "header"}),
        (
            {"type": "apiKey", "name": "X", "in": "query", "value": "v"},
            {"key": "X", "value": "v", "placement": "query"},
        ),
        ({"type": "apikey", "name": "X", "value": "v"}, {"key": "X", "value": "v", "placement": "header"}),
        (
            {"type": "apikey", "key": "X", "in": "cookie", "value": "v"},
            {"key": "X", "value": "v", "placement": "cookie"},
        ),
        ({"type": "apikey", "header": "X", "key": "v"}, {"key": "X", "value": "v", "placement": "header"}),
        ({"type": "apikey", "headers": {"X": "v", "Y": 5}}, {"header:X": "v", "header:Y": "5"}),
    ],
)
def test_the_spellings_of_a_credential_become_one(text: dict[str, Any], fields: dict[str, str]) -> None:
    read = read_authentication(owner(authentication=text))

    assert read is not None
    assert (read.type, read.fields, read.at) == (text["type"].lower(), fields, ("o", "authentication"))


@pytest.mark.parametrize("text", [{"headers": {"X": "v"}}, {"header": "X", "key": "v"}, {"name": "X", "in": "query"}])
def test_a_spelling_the_official_schema_does_not_know_is_noted(text: dict[str, Any]) -> None:
    fields = owner(authentication={"type": "apikey", **text})
    read_authentication(fields)

    assert [first for _, first in fields.relaxations.found.values()] == [("o", "authentication")]


def test_auth_is_authentication_by_another_name() -> None:
    read = read_authentication(owner(auth={"type": "bearer", "token": "t"}))

    assert read is not None
    assert (read.fields, read.at) == ({"token": "t"}, ("o", "auth"))


def test_without_authentication_there_is_none() -> None:
    assert read_authentication(owner()) is None


@pytest.mark.parametrize("written", ["${TOKEN}", "${{ TOKEN }}", "${ TOKEN }"])
def test_a_variable_of_a_credential_may_be_written_with_a_dollar(written: str) -> None:
    fields = owner(authentication={"type": "bearer", "token": f"a{written}b"})
    read = read_authentication(fields)

    assert read is not None
    assert read.fields == {"token": "a{{TOKEN}}b"}
    assert fields.relaxations.found == {"variables written `${X}`": (1, ("o", "authentication", "token"))}


@pytest.mark.parametrize("written", ["$TOKEN", "{{TOKEN}}", "${}", "$ {TOKEN}", "${a b}", "5$"])
def test_any_other_dollar_is_a_dollar(written: str) -> None:
    read = read_authentication(owner(authentication={"type": "bearer", "token": written}))

    assert read is not None
    assert read.fields == {"token": written}
