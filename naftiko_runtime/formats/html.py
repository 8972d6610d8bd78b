"""What does an HTML page mean as JSON? Its tables: `{"tables": [[{header: cell}]]}` (language §4.1).

`outputSchema` is a CSS selector: the tables it selects, or those inside of what it selects; all of the page without it.
The header is the first row of the `thead`, else the first row of the table; a table whose header has no `th` is no
table of data. Further rows of headers are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from naftiko_runtime.formats.charset import decode_text
from naftiko_runtime.formats.markup import Node, read_html
from naftiko_runtime.formats.model import Allowance, Decode
from naftiko_runtime.formats.selector import compile_selector
from naftiko_runtime.formats.table import Row, to_rows

# A page says its character set within its first kilobyte (HTML §4.2.5.4).
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HEAD = 1024


def compile_html(selector: str) -> Decode:
    """The decoder of HTML. Raises SchemaError for a selector it does not know."""
    select = compile_selector(selector or "table")

    def decode(body: bytes, content_type: str) -> object:
        found = _META.search(body[:_HEAD])
        text = decode_text(body, content_type, found[1].decode() if found else "")
        allowance = Allowance()
        rows = (_rows(table, allowance) for table in _tables(select(read_html(text, allowance))))
        return {"tables": [found for found in rows if found is not None]}

    return decode


def _tables(selected: Iterable[Node]) -> list[Node]:
    """The selected tables, and those inside of what else is selected, each once and in the order of the page."""
    tables: dict[int, Node] = {}
    seen: set[int] = set()
    for node in selected:
        if node.tag == "table":
            tables[node.index] = node
        elif node.index not in seen:
            for item in node.below():
                if isinstance(item, Node):
                    seen.add(item.index)
                    if item.tag == "table":
                        tables[item.index] = item
    return [tables[index] for index in sorted(tables)]


def _rows(table: Node, allowance: Allowance) -> list[Row] | None:
    rows = list(_own(table, "tr"))
    heads = [row for row in rows if _is_head(row)]
    header = next(iter(heads or rows), None)
    if header is None:
        return None
    names = [cell.text() for cell in _cells(header, "th")]
    if not names:
        return None
    mixed = len(names) < len(list(_cells(header, "th", "td")))
    data = [row for row in rows if row is not header and _is_data(row, mixed)]
    return to_rows(names, ([cell.text() for cell in _cells(row, "th", "td")] for row in data), "", allowance)


def _is_data(row: Node, mixed: bool) -> bool:
    """Whether a row holds data. One with a header of its own does, unless headers and data are mixed anyway."""
    headers = any(_cells(row, "th"))
    return any(_cells(row, "td")) and not (mixed and headers)


def _own(table: Node, tag: str) -> Iterator[Node]:
    """The elements of a table that belong to no table inside of it."""
    left: list[Node | str] = table.children[::-1]
    while left:
        item = left.pop()
        if isinstance(item, str) or item.tag == "table":
            continue
        if item.tag == tag:
            yield item
        else:
            left += item.children[::-1]


def _cells(row: Node, *tags: str) -> Iterator[Node]:
    return (cell for cell in row.children if isinstance(cell, Node) and cell.tag in tags)


def _is_head(row: Node) -> bool:
    return row.parent is not None and row.parent.tag == "thead"
