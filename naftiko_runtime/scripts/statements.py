"""How many statements does a script take? Neither engine counts them, so the text of a script counts for itself.

At load, a mark goes before each statement, into each turn of a loop or comprehension and into each function that is one
expression; the engine makes a mark count when it runs (`engine/scripts/worker`). Marks take no line of their own, so a
failure still has the line that its author wrote. A part of a text that can't be understood can't be counted, and is
told instead.

A mark of JavaScript reads a property of a number literal, because nothing that a script does can put another value
there: a name could be hidden by `with`, a literal can't. A mark of Python is a call of a name that scripts may not use.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.scripts.model import Language

if TYPE_CHECKING:
    from tree_sitter import Node

JAVASCRIPT_MARK = "0..naftikoStatement"
PYTHON_MARK = "_naftiko_statement()"
RESERVED = "_naftiko"
"""What no name of a Python script may hold."""

_COMMENTS = frozenset({"comment", "html_comment", "hash_bang_line"})
_JAVASCRIPT_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_JAVASCRIPT_BRANCHES = frozenset({"else_clause", "if_statement", "with_statement"})
_PYTHON_CONDITIONS = {
    "elif_clause": "condition",
    "for_statement": "right",
    "if_statement": "condition",
    "lambda": "body",
    "match_statement": "subject",
    "while_statement": "condition",
}
"""The expression of each construct that is evaluated when it is reached, or at each turn of a `while`."""

_PYTHON_COMPREHENSIONS = frozenset(
    {"dictionary_comprehension", "generator_expression", "list_comprehension", "set_comprehension"}
)
_PYTHON_SIMPLE = frozenset(
    {
        "assert_statement",
        "break_statement",
        "continue_statement",
        "delete_statement",
        "expression_statement",
        "global_statement",
        "import_from_statement",
        "import_statement",
        "nonlocal_statement",
        "pass_statement",
        "raise_statement",
        "return_statement",
        "type_alias_statement",
    }
)
"""Statements that others may stand before on the same line (Python's grammar: `simple_stmt`)."""


class UncountableError(ValueError):
    """A text has a part that can't be counted. `help` says what to do; `line` and `column` count from 1, 0 for none."""

    def __init__(self, message: str, help_: str, line: int = 0, column: int = 0) -> None:
        self.help = help_
        self.line = line
        self.column = column
        super().__init__(message)


class _Mark(NamedTuple):
    """What goes into the text at a byte. `order` sorts marks of one place: what ends there before what begins."""

    at: int
    order: int
    text: str


def count_statements(language: Language, text: str) -> str:
    """The same script, which counts its statements as it runs.

    `text` is valid in its language. Raises UncountableError.
    """
    if language is Language.PYTHON and RESERVED in unicodedata.normalize("NFKC", text):
        raise UncountableError(f"it has a name with `{RESERVED}`, which is kept for that", "use another name")
    encoded = text.encode()
    root = _parse(language, encoded)
    _refuse_unknown(root)
    find = _javascript_marks if language is Language.JAVASCRIPT else _python_marks
    nodes = list(_nodes(root))
    comments = {node.end_byte: node.start_byte for node in nodes if node.type in _COMMENTS}
    marks = sorted(
        mark._replace(at=_before_comments(mark.at, comments, encoded))
        for number, node in enumerate(nodes, start=1)
        for mark in find(node, number)
    )
    pieces, done = [], 0
    for mark in marks:
        pieces += [encoded[done : mark.at], mark.text.encode()]
        done = mark.at
    return b"".join((*pieces, encoded[done:])).decode()


def _parse(language: Language, text: bytes) -> Node:
    import tree_sitter  # noqa: PLC0415 - comes with the engines, which are extras

    if language is Language.JAVASCRIPT:
        import tree_sitter_javascript as grammar  # noqa: PLC0415 - as above
    else:
        import tree_sitter_python as grammar  # type: ignore[no-redef]  # noqa: PLC0415 - as above
    return tree_sitter.Parser(tree_sitter.Language(grammar.language())).parse(text).root_node


def _nodes(root: Node) -> Iterator[Node]:
    """All nodes in the order of the text, whoever holds others before them. Without recursion: a text may nest deep."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        # What stands in an f-string is left as it is: `f"{x=}"` shows its own text.
        if node.type != "string":
            waiting.extend(reversed(node.named_children))


def _before_comments(at: int, comments: Mapping[int, int], text: bytes) -> int:
    """The place behind the last word: the grammars count a comment behind it in, and no mark may be a part of one."""
    while at in comments:
        at = comments[at]
        while text[at - 1 : at].isspace():
            at -= 1
    return at


def _refuse_unknown(root: Node) -> None:
    if not root.has_error:
        return
    unknown = next((node for node in _nodes(root) if node.is_error or node.is_missing), root)
    line, column = unknown.start_point
    message = "what stands there is not understood"
    raise UncountableError(message, "write it in another way, with older syntax", line + 1, column + 1)


def _around(first: Node, last: Node, number: int, before: str, after: str) -> Iterator[_Mark]:
    """Marks around what reaches from one node to another. What holds others begins before them and ends behind them."""
    yield _Mark(first.start_byte, number, before)
    yield _Mark(last.end_byte, -number, after)


def _javascript_marks(node: Node, number: int) -> Iterator[_Mark]:
    mark = f"{JAVASCRIPT_MARK};"
    if node.type in ("program", "statement_block"):
        yield from (_Mark(item.start_byte, number, mark) for item in _without_directives(node))
    elif node.type in ("switch_case", "switch_default"):
        yield from (_Mark(item.start_byte, number, mark) for item in node.children_by_field_name("body"))
    elif node.type in _JAVASCRIPT_LOOPS or node.type in _JAVASCRIPT_BRANCHES:
        for body in _bodies(node):
            if body.type != "statement_block":
                yield from _around(body, body, number, f"{{{mark}", "}")
            elif node.type in _JAVASCRIPT_LOOPS:
                # So that a turn of a loop counts, though nothing may stand in it.
                yield _Mark(body.start_byte + 1, -number, mark)
    elif node.type == "arrow_function":
        (body,) = node.children_by_field_name("body")
        if body.type != "statement_block":
            yield from _around(body, body, number, f"({JAVASCRIPT_MARK},", ")")


def _bodies(node: Node) -> list[Node]:
    """The statements that a construct holds without a block; the `else` of an `if` is a node of its own."""
    if node.type == "else_clause":
        return [item for item in node.named_children if item.type not in _COMMENTS]
    return node.children_by_field_name("consequence" if node.type == "if_statement" else "body")


def _without_directives(block: Node) -> Iterator[Node]:
    """The statements of a block, but for the texts at its start: `"use strict"` means something only as the first."""
    may_direct = True
    for item in block.named_children:
        if item.type in _COMMENTS:
            continue
        may_direct = may_direct and item.type == "expression_statement" and item.named_children[0].type == "string"
        if not may_direct:
            yield item


def _python_marks(node: Node, number: int) -> Iterator[_Mark]:
    before = f"{PYTHON_MARK} or ("  # a mark is None, so that what stands behind it counts
    if node.type in ("module", "block") and not _is_class_body(node):
        simple = (item for item in node.named_children if item.type in _PYTHON_SIMPLE)
        yield from (_Mark(item.start_byte, number, f"{PYTHON_MARK};") for item in simple)
    elif node.type in _PYTHON_CONDITIONS:
        parts = node.children_by_field_name(_PYTHON_CONDITIONS[node.type])
        yield from _around(parts[0], parts[-1], number, before, ")")
    elif node.type in _PYTHON_COMPREHENSIONS:
        (body,) = node.children_by_field_name("body")
        (value,) = body.children_by_field_name("value") if body.type == "pair" else (body,)
        yield from _around(value, value, number, before, ")")
    elif node.type == "if_clause":
        test = node.named_children[-1]
        yield from _around(test, test, number, before, ")")


def _is_class_body(block: Node) -> bool:
    """The engine takes nothing but names and methods there; they are made once, and no loop can be among them."""
    return block.parent is not None and block.parent.type == "class_definition"
