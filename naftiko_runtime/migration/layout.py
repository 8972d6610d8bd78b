"""A list of objects with names ↔ a map from names to objects, as a person would have written the other one.

What an object holds keeps its lines; they move only where the new form needs another indentation. A form that can't be
rewritten for certain (a name behind `?`) is refused: the author knows what it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence as Many

from naftiko_runtime.migration.edits import Edits
from naftiko_runtime.migration.tree import Alias, Mapping, Node, Pair, Scalar, Sequence
from naftiko_runtime.spec.text.scalars import resolve_plain

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_.$*/-]*\Z")


class Unwritable(Exception):  # noqa: N818 - it never leaves this folder; the caller gets diagnostics
    """Something can't be rewritten for certain. Says why, and what to write first."""

    def __init__(self, why: str, way_out: str) -> None:
        self.why = why
        self.way_out = way_out
        super().__init__(why)


def spelled(name: str) -> str:
    """A name as YAML text: plain where that means the same, else in quotes."""
    is_plain = _PLAIN_NAME.match(name) is not None and isinstance(resolve_plain(name), str)
    return name if is_plain else json.dumps(name, ensure_ascii=False)


def write_scalar(edits: Edits, node: Node, text: str) -> None:
    """Write a text for a scalar."""
    edits.replace(node.start.index, node.end, spelled(text))


def write_key(edits: Edits, pair: Pair, word: str) -> None:
    """Write another word for the key of an entry, in the quotes it has."""
    start, end = pair.key.start.index, pair.key.end
    edits.replace(start, end, edits.text[start:end].replace(str(pair.word), word))


def list_to_map(edits: Edits, node: Sequence, names: Many[str], parent: int) -> None:
    """Rewrite a list as a map under `names`, which its objects have or get. `parent` is the column of its key."""
    if node.is_flow:
        start = edits.behind_properties(node.start.index)
        edits.replace(start, start + 1, "{")
        edits.replace(node.end - 1, node.end, "}")
        for item, name in zip(node.items, names, strict=True):
            edits.replace(item.start.index, item.start.index, f"{_key(edits, item, name)}: ")
            _drop_name(edits, item)
        return
    after = edits.behind_properties(node.start.index)
    for item, name in zip(node.items, names, strict=True):
        dash = edits.skip(after)
        column = dash - edits.start_of(edits.line_of(dash))
        if column <= parent:
            edits.move(_first_line(edits, dash, column), _last_line(edits, item, column), parent + 2 - column)
        _item_to_entry(edits, item, dash, name)
        after = item.end


def _item_to_entry(edits: Edits, item: Node, dash: int, name: str) -> None:
    key = f"{_key(edits, item, name)}:"
    begin = item.start.index
    if not isinstance(item, Mapping) or item.is_flow:
        if "#" in edits.text[dash:begin]:
            edits.replace(dash, dash + 1, key)
        else:
            edits.replace(dash, begin, f"{key} ")
        _drop_name(edits, item)
        return
    first = item.pairs[0].key.start
    found = item.find("name")
    is_beside = edits.line_of(dash) == first.line
    if found is not None and item.pairs[0] is found and is_beside and not item.anchor:
        edits.replace(dash, found.value.end, key if len(item.pairs) > 1 else f"{key} {{}}")
        return
    if found is not None and len(item.pairs) == 1:
        edits.replace(dash, dash + 1, key)
        edits.replace(found.key.start.index, found.value.end, "{}")
        return
    comment = _drop_name(edits, item) if found is not None else ""
    if is_beside:
        below = edits.line_break + " " * (first.column + edits.moved(first.line))
        edits.replace(dash, first.index, f"{key}{comment}{below}")
    else:
        edits.replace(dash, dash + 1, key)
        edits.replace(edits.end_of(edits.line_of(dash)), edits.end_of(edits.line_of(dash)), comment)


def _key(edits: Edits, item: Node, name: str) -> str:
    """The name as the author wrote it, where it stands there in one word."""
    found = item.find("name") if isinstance(item, Mapping) else None
    if found is None or not isinstance(found.value, Scalar) or found.value.anchor:
        return spelled(name)
    written = edits.text[found.value.start.index : found.value.end]
    return written if written in (name, f'"{name}"', f"'{name}'") else spelled(name)


def _drop_name(edits: Edits, item: Node) -> str:
    """Remove the `name` of an object; what is left of its line is given back: a comment, or nothing."""
    found = item.find("name") if isinstance(item, Mapping) else None
    return drop_pair(edits, item, found) if isinstance(item, Mapping) and found is not None else ""


def add_name(edits: Edits, node: Mapping | Alias, name: str) -> None:
    """Let an object say its name first."""
    if isinstance(node, Alias):
        edits.replace(
            node.start.index, node.end, f"{{name: {spelled(name)}, <<: {edits.text[node.start.index : node.end]}}}"
        )
        return
    if not node.pairs:
        edits.replace(node.end - 1, node.end - 1, f"name: {spelled(name)}")
        return
    first = node.pairs[0].key.start
    behind = ", " if node.is_flow else edits.line_break + " " * (first.column + edits.moved(first.line))
    edits.replace(first.index, first.index, f"name: {spelled(name)}{behind}")


def drop_pair(edits: Edits, owner: Mapping, pair: Pair) -> str:
    """Remove an entry of a mapping with its lines; a comment behind it is given back."""
    number = owner.pairs.index(pair)
    behind = owner.pairs[number + 1] if number + 1 < len(owner.pairs) else None
    if owner.is_flow:
        _drop_flow_pair(edits, owner, number)
        return ""
    line, last = pair.key.start.line, edits.line_of(max(pair.value.end - 1, pair.key.start.index))
    if edits.text[edits.start_of(line) : pair.key.start.index].strip():
        if behind is None:
            edits.replace(pair.key.start.index, pair.value.end, "{}")
            return ""
        end = behind.key.start.index
        is_remarked = "#" in edits.text[pair.value.end : end]
        edits.replace(pair.key.start.index, pair.value.end if is_remarked else end, "")
        return ""
    comment = edits.text[pair.value.end : edits.end_of(last)].rstrip()
    edits.remove_lines(line, last)
    return comment


def _drop_flow_pair(edits: Edits, owner: Mapping, number: int) -> None:
    pair = owner.pairs[number]
    if number + 1 < len(owner.pairs):
        edits.replace(pair.key.start.index, owner.pairs[number + 1].key.start.index, "")
    else:
        start = owner.pairs[number - 1].value.end if number else pair.key.start.index
        edits.replace(start, pair.value.end, "")


def map_to_list(edits: Edits, node: Mapping, parent: int) -> None:
    """Rewrite a map by names as a list of objects with a `name`. `parent` is the column of its key."""
    for pair in node.pairs:
        if _is_explicit(edits, pair):
            raise Unwritable("a name here begins with `?`", "write it before a `:`")
    if node.is_flow:
        start = edits.behind_properties(node.start.index)
        edits.replace(start, start + 1, "[")
        edits.replace(node.end - 1, node.end, "]")
    for pair in node.pairs:
        name = _name(edits, pair)
        if isinstance(pair.value, Mapping) and not pair.value.is_flow:
            _entry_to_item(edits, pair, pair.value, name)
        else:
            _short_entry_to_item(edits, pair, name, is_flow=node.is_flow)


def _entry_to_item(edits: Edits, pair: Pair, value: Mapping, name: str) -> None:
    key, first = pair.key.start, value.pairs[0].key.start
    edits.move(key.line + 1, _last_line(edits, value, key.column), key.column + 2 - first.column)
    if not value.anchor:
        edits.replace(key.index, edits.text.index(":", pair.key.end) + 1, f"- name: {name}")
        return
    line_end = edits.end_of(key.line)
    edits.replace(key.index, value.start.index, "- ")
    below = edits.line_break + " " * (key.column + 2 + edits.moved(key.line))
    edits.replace(line_end, line_end, f"{below}name: {name}")


def _short_entry_to_item(edits: Edits, pair: Pair, name: str, *, is_flow: bool) -> None:
    key, value = pair.key.start, pair.value
    if isinstance(value, Mapping):
        brace = edits.behind_properties(value.start.index)
        is_below = "#" in edits.text[pair.key.end : value.start.index]
        end = edits.text.index(":", pair.key.end) + 1 if is_below else value.start.index
        edits.replace(key.index, end, "" if is_flow else "-" if is_below else "- ")
        edits.replace(brace, brace + 1, f"{{name: {name}, " if value.pairs else f"{{name: {name}")
    elif isinstance(value, Alias):
        _alias_to_item(edits, pair, value, name, is_flow=is_flow)
    else:
        raise Unwritable("an object is expected here", "write its keys and values")


def _alias_to_item(edits: Edits, pair: Pair, value: Alias, name: str, *, is_flow: bool) -> None:
    key = pair.key.start
    if is_flow:
        edits.replace(key.index, edits.text.index(":", pair.key.end) + 1, f"{{name: {name},")
        edits.replace(value.start.index, value.end, f"<<: {edits.text[value.start.index : value.end]}}}")
    elif value.start.line > key.line:
        edits.replace(key.index, edits.text.index(":", pair.key.end) + 1, f"- name: {name}")
        edits.replace(value.start.index, value.start.index, "<<: ")
        edits.move(key.line + 1, value.start.line, key.column + 2 - value.start.column)
    else:
        below = edits.line_break + " " * (key.column + 2 + edits.moved(key.line))
        edits.replace(key.index, value.start.index, f"- name: {name}{below}<<: ")


def _name(edits: Edits, pair: Pair) -> str:
    """A key as a value: as it was written, unless that would be a number or the like."""
    name = str(pair.word)
    written = edits.text[pair.key.start.index : pair.key.end]
    return written if written != name or isinstance(resolve_plain(name), str) else spelled(name)


def _is_explicit(edits: Edits, pair: Pair) -> bool:
    return edits.text[: pair.key.start.index].rstrip(" ").endswith("?")


def _first_line(edits: Edits, dash: int, column: int) -> int:
    """The line of a dash, or of the comments right above it that stand in its column."""
    line = edits.line_of(dash)
    while line and edits.comment_column(line - 1) == column:
        line -= 1
    return line


def _last_line(edits: Edits, item: Node, column: int) -> int:
    """The last line of an item whose key or dash stands in a column: comments that stand deeper are part of it.

    Left where they are, they could become part of a text in it that moves.
    """
    last = line = edits.line_of(item.end)
    while edits.is_idle(line + 1):
        line += 1
        if (edits.comment_column(line) or 0) > column:
            last = line
    return last
