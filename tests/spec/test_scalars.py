from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.spec.text.scalars import TAG_PREFIX, TagError, resolve_plain, resolve_tagged


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("-12", -12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("9" * 100, int("9" * 100)),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5e3", -1500.0),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
    ],
)
def test_the_core_schema_of_yaml_1_2_decides(text: str, value: object) -> None:
    resolved = resolve_plain(text)

    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("on", "off", "yes", "no", "y", "n", "On", "NO", "tRUE", "nULL", "none", "None"),
        *("2026-05-19", "2001-12-14t21:59:43.10-05:00", "12:30", "12:30:45", "1_000", "0b101", "0O17", "0o18", "0xG"),
        *("-0x1F", "+0o7", "1e", "e3", ".", "-", "+", "--1", "1.2.3", "1.0.0-alpha2", ".inf", "-.inf", ".nan", "+.INF"),
        *("1e999", "-1e999", "9" * 101, "0x" + "f" * 99, "<<", "=", "١", "１２", "5\n", " 5", "$5"),
    ],
)
def test_all_else_stays_text(text: str) -> None:
    assert resolve_plain(text) == text


@given(st.text())
def test_any_plain_scalar_has_a_value_that_json_can_carry(text: str) -> None:
    value = resolve_plain(text)

    assert value is None or isinstance(value, str | bool | int | float)
    assert value == value  # NaN is no value of JSON
    assert value not in (float("inf"), float("-inf"))


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("5", "!", "5"),
        ("5", "str", "5"),
        ("", "str", ""),
        ("~", "null", None),
        ("true", "bool", True),
        ("5", "int", 5),
        ("5", "float", 5.0),
        ("5.5", "float", 5.5),
    ],
)
def test_a_tag_of_the_core_schema_is_obeyed(text: str, tag: str, value: object) -> None:
    resolved = resolve_tagged(text, tag if tag == "!" else TAG_PREFIX + tag)

    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("text", "tag", "meant"),
    [
        ("x", "null", "null"),
        ("1", "bool", "`true` or `false`"),
        ("yes", "bool", "`true` or `false`"),
        ("5.5", "int", "a whole number"),
        ("true", "int", "a whole number"),
        ("true", "float", "a number"),
        ("x", "float", "a number"),
    ],
)
def test_a_scalar_must_be_what_its_tag_says(text: str, tag: str, meant: str) -> None:
    with pytest.raises(TagError, match=f"`{text}` is not {meant}, as its tag `!!{tag}` says"):
        resolve_tagged(text, TAG_PREFIX + tag)


def test_a_scalar_that_is_empty_or_endless_is_told_in_few_words() -> None:
    with pytest.raises(TagError, match="nothing is not a whole number"):
        resolve_tagged("", TAG_PREFIX + "int")
    with pytest.raises(TagError, match=r"`x{39}…` is not"):
        resolve_tagged("x" * 5000, TAG_PREFIX + "int")


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        (TAG_PREFIX + "python/object/apply:os.system", "!!python/object/apply:os.system"),
        (TAG_PREFIX + "binary", "!!binary"),
        (TAG_PREFIX + "timestamp", "!!timestamp"),
        (TAG_PREFIX + "map", "!!map"),
        ("!vault", "!vault"),
        ("int", "int"),
        ("tag:example.com,2026:x", "tag:example.com,2026:x"),
    ],
)
def test_no_other_tag_is_allowed(tag: str, shown: str) -> None:
    with pytest.raises(TagError, match="is not allowed") as caught:
        resolve_tagged("5", tag)

    assert f"`{shown}`" in str(caught.value)
    assert "remove the tag" in caught.value.help
