from __future__ import annotations

import contextlib
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.formats.html import compile_html
from naftiko_runtime.formats.markup import DEEPEST
from naftiko_runtime.formats.model import SchemaError, UndecodableError

HEAD = "<tr><th>A</th><th>B</th></tr>"
ONE = [{"A": "1", "B": "2"}]


def tables(page: str, selector: str = "") -> object:
    """The tables of a page."""
    value = compile_html(selector)(page.encode(), "text/html")
    assert isinstance(value, dict)
    assert list(value) == ["tables"]
    return value["tables"]


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (f"<thead>{HEAD}</thead><tbody><tr><td>1</td><td>2</td></tr></tbody>", [ONE]),
        (f"{HEAD}<tr><td>1</td><td>2</td></tr>", [ONE]),
        ("<tr><td>0</td></tr><thead><tr><th>A<th>B<tbody><tr><td>1<td>2", [[{"A": "0", "B": ""}, *ONE]]),
        (f"<caption>C</caption><colgroup><col></colgroup>{HEAD}<tr><td> 1\n </td><td>2</td></tr>", [ONE]),
        (f"{HEAD}<tr><td>1</td></tr>", [[{"A": "1", "B": ""}]]),
        (f"{HEAD}<tr><td>1</td><td>2</td><td>3</td><td></td></tr>", [[{"A": "1", "B": "2", "column3": "3"}]]),
        ("<tr><th>A</th><th>A</th></tr><tr><td>1</td><td>2</td></tr>", [[{"A": "1", "A_2": "2"}]]),
        (f"{HEAD}<tr><th>1</th><td>2</td></tr><tr><th>A</th><th>B</th></tr>", [ONE]),
        ("<tr><th>A</th><td>x</td></tr><tr><th>B</th><td>y</td></tr><tr><td>1</td></tr>", [[{"A": "1"}]]),
        ("<tr><td>1</td></tr>", []),
        ("", []),
        (HEAD, [[]]),
    ],
)
def test_a_table_is_a_list_of_rows_named_by_its_header(rows: str, value: object) -> None:
    assert tables(f"<html><body><p>x<table>{rows}</table>") == value


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<b>a</b>b", "ab"),
        ("a<br>b", "a b"),
        ("<p>a</p><p>b</p>", "a b"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("a &amp; b &eacute;&#x21; &nope;", "a & b é! &nope;"),
        ("a<!-- b -->c<? d ?>e", "ace"),
        ("a<script>x = '<td>b</td>'</script>c", "a c"),
        ("a<a href='x>y'>b</a>", "ab"),
        ("1 < 2", "1 < 2"),
        ("a</div>b", "ab"),
        ("a<table><tr><td>x</td></tr></table>b", "ab"),
        ("<select><option>a<option>b</select>", "a b"),
        ("<dl><dt>a<dd>b</dl>", "a b"),
    ],
)
def test_a_cell_is_its_text(cell: str, text: str) -> None:
    assert tables(f"<table><tr><th>A</th></tr><tr><td>{cell}</td></tr></table>") == [[{"A": text}]]


PAGE = "".join(
    f"<section id=s{n} class='box b{n}' data-kind=k-{n} lang=en-GB><h2>x</h2><table class='t t{n}'>"
    f"<tr><th>A</th></tr><tr><td>{n}</td></tr></table></section>"
    for n in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("", "123"),
        ("*", "123"),
        ("TABLE.t2", "2"),
        (".t", "123"),
        ("#s3", "3"),
        ("#s3 table, .t1", "13"),
        ("section.box.b2 > table", "2"),
        ("html table", ""),
        ("h2 + table", "123"),
        ("h2 ~ .t3", "3"),
        ("#s1 + section table", "2"),
        ("#s1 ~ section > .t", "23"),
        ("[data-kind]", "123"),
        ("[data-kind=k-2]", "2"),
        ("[data-kind='k-2']", "2"),
        ('[ data-kind = "k-2" ]', "2"),
        ("[class~=b3]", "3"),
        ("[lang|=en]", "123"),
        ("[lang|='en-GB']", "123"),
        ("[data-kind^=k-]", "123"),
        ("[data-kind^='']", ""),
        ("[data-kind$='-3']", "3"),
        ("[data-kind*='-']", "123"),
        ("[nope=x]", ""),
        ("section:first-child", "1"),
        ("section:last-child", "3"),
        ("table:first-child", ""),
        ("section:only-child", ""),
        ("table:first-of-type", "123"),
        ("section:last-of-type", "3"),
        ("table:only-of-type", "123"),
        ("section:nth-child(2)", "2"),
        ("section:nth-of-type( 3 )", "3"),
        ("section:nth-of-type(odd) table", "13"),
        ("section:nth-child(even)", "2"),
    ],
)
def test_a_selector_picks_tables_or_what_holds_them(selector: str, found: str) -> None:
    picked = tables(PAGE, selector)
    assert isinstance(picked, list)
    assert "".join(rows[0]["A"] for rows in picked) == found


@pytest.mark.parametrize("selector", ["table[", "::before", "a:has(b)", "a >", "a,", ", a", "a b)", "x[y]z", "1"])
def test_a_selector_that_is_not_known_is_refused(selector: str) -> None:
    with pytest.raises(SchemaError):
        compile_html(selector)


@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        ("<meta charset=iso-8859-1><table><tr><th>é".encode("latin-1"), "text/html"),
        ("<meta http-equiv=x content='text/html; charset=windows-1252'><table><tr><th>é".encode("cp1252"), "text/html"),
        ("<meta charset=koi8-r><table><tr><th>é<tr><td>".encode(), "text/html; charset=utf-8"),
    ],
)
def test_a_page_says_its_character_set_itself(page: bytes, content_type: str) -> None:
    value = compile_html("")(page + b"<tr><td>x", content_type)
    assert value in ({"tables": [[{"é": "x"}]]}, {"tables": [[{"é": ""}, {"é": "x"}]]})


def test_a_nested_table_is_one_of_its_own() -> None:
    inner = f"<table>{HEAD}<tr><td>1</td><td>2</td></tr></table>"
    assert tables(f"<table><tr><th>X</th></tr><tr><td>{inner}</td></tr></table>") == [[{"X": ""}], ONE]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000,
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
        "<p>" + "".join(f"<font a{n}>" for n in range(DEEPEST - 10)) + "<p>x" * 50_000,
        "<" * 300_000,
        "<!--" * 300_000,
        '<a ="' * 300_000,
        "<script>" * 300_000,
        "<div>" * (DEEPEST - 1) + "</p><p>" * 50_000,
        "<table><tr><th>a</th></tr>" + "<tr><td>x</td></tr>" * 50_000,
        "<table><tr><th>" + "x" * 100_000 + "</tr>" + "<tr><td>1" * 1_000,
        "&" * 1_000_000,
    ],
    ids=range(11),
)
def test_a_hostile_page_ends_soon(page: str) -> None:
    began = perf_counter()
    with contextlib.suppress(UndecodableError):
        tables(page, "div p")
    assert perf_counter() - began < 20


@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "</tr>",
                "<td>",
                "<th>",
                "</td>",
                "<p>",
                "</p>",
                "<b",
                ">",
                "x",
                "<!--",
                "-->",
                "'",
                '"',
                "=",
                "&",
                "<thead>",
                "<li>",
                "</div>",
                "<div>",
            ]
        ),
        max_size=40,
    )
)
def test_any_page_has_a_value(pieces: list[str]) -> None:
    assert isinstance(tables("".join(pieces)), list)
