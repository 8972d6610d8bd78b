from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.formats.delimited import delimited
from naftiko_runtime.formats.model import UndecodableError


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("csv", "", []),
        ("csv", "a,b\n", []),
        ("csv", "a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        ("csv", "a,b\r\n1,2\r\n3,4", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("csv", "a,b\r1,2\r", [{"a": "1", "b": "2"}]),
        ("csv", "\n\na\n\n1\n", [{"a": "1"}]),
        ("csv", "a,b\n1, 2 \n", [{"a": "1", "b": " 2 "}]),
        ("csv", ' a , b \n1,"x, ""y""\r\nz"\n', [{"a": "1", "b": 'x, "y"\r\nz'}]),
        ("csv", "a,b,c\n1\n", [{"a": "1", "b": None, "c": None}]),
        ("csv", "a,b\n1,2,,3,\n", [{"a": "1", "b": "2", "column4": "3"}]),
        ("csv", "a,column4\n1,2,3,4\n", [{"a": "1", "column4": "2", "column3": "3", "column4_": "4"}]),
        ("csv", "a,,a,a_2,a\n1,2,3,4,5\n", [{"a": "1", "column2": "2", "a_3": "3", "a_2": "4", "a_4": "5"}]),
        ("tsv", "a\tb\n1,5\t2\n", [{"a": "1,5", "b": "2"}]),
        ("psv", "a|b\n1,5|2\n", [{"a": "1,5", "b": "2"}]),
    ],
)
def test_rows_are_objects_named_by_the_header(name: str, text: str, rows: object) -> None:
    assert delimited(name)(text.encode(), "text/csv") == rows


def test_a_line_of_too_many_columns_is_not_read_at_all() -> None:
    body = b"," * 20_000_000
    begun = time.process_time()
    with pytest.raises(UndecodableError, match="larger than 1,000,000 values"):
        delimited("csv")(body, "text/csv")

    assert time.process_time() - begun < 1


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert delimited("csv")("a\né".encode("utf-8-sig"), "text/csv") == [{"a": "é"}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('a\n"secret', "not CSV: unexpected end of data at line 2"),
        ('a\n"secret"x', "not CSV: ',' expected after '\"' at line 2"),
        ("a\n" + "secret" * 100_000, "not CSV: field larger than field limit (131072) at line 2"),
        ("," * 1_000_000, "larger than 1,000,000 values"),
        ("a\n" + "1\n" * 500_000, "larger than 1,000,000 values"),
        ("x" * 100_000 + "\n" + "1\n" * 1_000, "larger than 1,000,000 values"),
    ],
)
def test_what_is_no_table_to_be_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        delimited("csv")(text.encode(), "text/csv")
    assert str(caught.value) == reason


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=2, max_size=2)
    )
)
def test_what_is_written_comes_back(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["a", "b"], *rows])
    assert delimited("csv")(written.getvalue().encode(), "") == [dict(zip("ab", row, strict=True)) for row in rows]
