"""What is a dotenv file taken to say?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.host.files.dotenv import parse_dotenv


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("KEY=value", "value"),
        ("export KEY=value", "value"),
        ("  KEY = value  ", "value"),
        ("KEY=", ""),
        ("KEY=a b c", "a b c"),
        ("KEY=value # the desk's key", "value"),
        ("KEY=# nothing", ""),
        ("KEY=a#b", "a#b"),
        ("KEY='a # b'", "a # b"),
        ("KEY='a # b' # c", "a # b"),
        (r"KEY='a\nb'", r"a\nb"),
        (r'KEY="a\nb"', "a\nb"),
        (r'KEY="say \"hi\""', 'say "hi"'),
        (r'KEY="C:\path"', r"C:\path"),
        ('KEY="one\ntwo"', "one\ntwo"),
        ("KEY=${OTHER}$HOME", "${OTHER}$HOME"),
        ('KEY="${OTHER}"', "${OTHER}"),
        ("KEY=it's", "it's"),
        ("KEY=a=b==", "a=b=="),
        ("KEY=\r\n", ""),
        ("KEY=value\r\nNEXT=1", "value"),
        ("\ufeffKEY=value", "value"),
        ("# KEY=other\n\nKEY=value\n", "value"),
        ("KEY=first\nKEY=second", "second"),
        ("KEY='é 漢'", "é 漢"),
    ],
)
def test_a_value_is_read_as_written(text: str, value: str) -> None:
    read = parse_dotenv(text)

    assert read.values["KEY"] == value
    assert read.problems == ()


@pytest.mark.parametrize(
    "line", ["canary", "1KEY=canary", "KEY 'canary'", "KEY='canary", 'KEY="canary', "KEY='a' canary"]
)
def test_a_line_that_cannot_be_read_is_told_by_its_number_alone(line: str) -> None:
    read = parse_dotenv(f"FIRST=1\n# a comment\n{line}\nLAST=2")

    assert len(read.problems) == 1
    assert "line 3" in read.problems[0]
    assert "canary" not in read.problems[0]
    assert read.values == {"FIRST": "1", "LAST": "2"}


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    read = parse_dotenv(text)

    assert all(isinstance(value, str) for value in read.values.values())


@given(st.text(st.characters(exclude_characters="'\r", exclude_categories=["Cs"])))
def test_single_quotes_keep_any_text(text: str) -> None:
    assert parse_dotenv(f"KEY='{text}'").values == {"KEY": text}
