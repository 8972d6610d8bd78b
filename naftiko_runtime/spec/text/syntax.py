"""What does the YAML parser's complaint mean to the person who wrote the text?

libyaml speaks of tokens and flow contexts, and often stops lines behind the mistake. Here each of its complaints gets
one sentence, the place where the hand slipped, and what to write instead. What it says about characters it counts in
bytes, so characters that no YAML text may hold are looked for before it runs.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from naftiko_runtime.diagnostics import Diagnostic, Related, Severity, Span
from naftiko_runtime.spec.text.anchors import TOO_DEEP
from naftiko_runtime.spec.text.source import LINE_BREAK, span_at

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
"""What is outside YAML 1.2 §5.1 `c-printable`. A byte order mark that is not at the start of a file is litter."""


class Meaning(NamedTuple):
    """How a mistake is told. `{found}` is the character at the place, `{line}` the line on which what is open began."""

    message: str
    help: str
    is_at_start: bool = False
    """Whether the mistake is where the open thing began, not where the parser gave up."""


_PARSER_DEPTH = "exceeded maximum nesting depth"
"""What libyaml 0.2.6 and later says at 1,000 levels. It reads tokens ahead of the events that our own limit counts, so
it comes first where a text opens them all at once."""

_NAMED = MappingProxyType({"`": "a backtick", "\n": "a line break"})
"""Characters that can't be shown between backticks."""

_QUOTE = "put a text with special characters between quotes"
_TAB = Meaning("a tab can't indent a line or start a value", "indent with spaces; YAML does not allow tabs there")
TEMPLATE = Meaning("`{{` starts a mapping in YAML, not a template", 'put the text between quotes: "{{…}}"', True)
_QUOTATION = Meaning("the quote that opens here is never closed", "close it with the same quote", True)
_TAG = Meaning("this tag is malformed", "remove it; put a text that starts with `!` between quotes")
_DIRECTIVE = Meaning(
    "this directive can't stand here", "remove the line; put a text that starts with `%` between quotes", True
)
_ESCAPE = Meaning(
    "this escape names no character", "write `\\\\` for a backslash, or put the text between single quotes"
)
_CLOSING = Meaning("{found} closes nothing here", f"remove it, or {_QUOTE}")
_END = Meaning("the file ends where a value is expected", "write the value, or close what is open")
_BLOCK_HEADER = Meaning("the line must end after `|` or `>`", f"start the text on the next line, or {_QUOTE}")

_MEANINGS = MappingProxyType(
    {
        "mapping values are not allowed in this context": Meaning(
            "a `:` can't stand here", "put a text that holds `: ` between quotes; else check how the lines are indented"
        ),
        "mapping keys are not allowed in this context": Meaning("a `?` can't stand here", _QUOTE),
        "did not find expected key": Meaning(
            "a key of the mapping that starts on line {line} is expected here",
            "indent the line like the keys of that mapping; after a closing quote nothing may follow",
        ),
        "did not find expected '-' indicator": Meaning(
            "an item of the list that starts on line {line} is expected here",
            "start the line with `- `, or indent it like what it belongs to",
        ),
        "did not find expected ',' or ']'": Meaning(
            "`,` or `]` is expected here: the list that opens on line {line} is not closed",
            "close it with `]`; put a text that starts with `[` between quotes",
        ),
        "did not find expected ',' or '}'": Meaning(
            "`,` or `}` is expected here: the mapping that opens on line {line} is not closed",
            "close it with `}`; put a text that starts with `{` between quotes",
        ),
        "could not find expected ':'": Meaning("no `:` follows this key", "write `key: value`", True),
        "found unexpected end of stream": _QUOTATION,
        "found unexpected document indicator": _QUOTATION,
        "found character that cannot start any token": Meaning("a text can't start with {found}", _QUOTE),
        "did not find expected node content": Meaning("a value can't start with {found}", _QUOTE),
        "block sequence entries are not allowed in this context": Meaning(
            "a list can't start here", "put each `- ` on a line of its own, below the key"
        ),
        "did not find expected <document start>": Meaning(
            "the document is over before this line", "remove what follows, or indent it as a part of the document"
        ),
        "found unexpected ':'": Meaning("a `:` can't stand here", _QUOTE),
        "found unknown escape character": _ESCAPE,
        "found invalid Unicode character escape code": _ESCAPE,
        "did not find expected hexdecimal number": _ESCAPE,
        "did not find expected alphabetic or numeric character": Meaning(
            "no name follows this sign", "put a text that starts with `*` or `&` between quotes", True
        ),
        "found undefined tag handle": _TAG,
        "found incompatible YAML document": Meaning("only YAML 1.1 and 1.2 are read", "remove the `%YAML` line"),
    }
)


def find_forbidden(text: str, file: str) -> Diagnostic | None:
    """The first character that no YAML text may hold."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    character = found.group()
    name = unicodedata.name(character, "")
    described = f"U+{ord(character):04X} {name}".rstrip()
    help_text = 'remove it; between double quotes it can be written as an escape, like "\\x07"'
    message = f"the character {described} can't stand in a YAML file"
    return Diagnostic("NK1004", Severity.ERROR, message, file, span_at(text, found.start()), help=help_text)


def explain_syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Diagnostic:
    """The diagnostic for what libyaml reports."""
    problem, context = str(error.problem), error.context or ""
    noticed: Any = error.problem_mark
    if problem == _PARSER_DEPTH:
        return Diagnostic("NK1007", Severity.ERROR, TOO_DEEP[0], file, _span(noticed, text), help=TOO_DEEP[1])
    began: Any = error.context_mark or noticed
    template = find_template(text, began) or find_template(text, noticed)
    if template is not None and "flow mapping" in context:
        return Diagnostic("NK1004", Severity.ERROR, TEMPLATE.message, file, template, help=TEMPLATE.help)
    meaning = _meaning(problem, context, text, noticed)
    found = text[noticed.index : noticed.index + 1]
    message = meaning.message.replace("{line}", str(began.line + 1))
    message = message.replace("{found}", _NAMED.get(found, f"`{found}`"))
    related: tuple[Related, ...] = ()
    if "{line}" in meaning.message and began.line != noticed.line:
        related = (Related("opened here", file, _span(began, text)),)
    place = _span(began if meaning.is_at_start else noticed, text)
    return Diagnostic("NK1004", Severity.ERROR, message, file, place, help=meaning.help, related=related)


def find_template(text: str, mark: Any) -> Span | None:
    """The `{{` that the brace at `mark` is a part of: a template that somebody forgot to quote."""
    for first in (mark.index - 1, mark.index):
        if first >= 0 and text.startswith("{{", first):
            column = mark.column + 1 - (mark.index - first)
            return Span(mark.line + 1, column, mark.line + 1, column + 2)
    return None


def _meaning(problem: str, context: str, text: str, noticed: Any) -> Meaning:
    found = text[noticed.index : noticed.index + 1]
    line = LINE_BREAK.split(text[max(0, noticed.index - noticed.column) :], 1)[0]
    indentation = line[: len(line) - len(line.lstrip())]
    if "tab" in problem.split() or "\t" in indentation or found == "\t":
        return _TAB
    if "directive" in problem or "directive" in context:
        return _DIRECTIVE
    if "block scalar" in context:
        return _BLOCK_HEADER
    if "tag" in context.split():
        return _TAG
    if problem == "did not find expected node content" and not found:
        return _END
    if problem == "did not find expected key" and found in ("]", "}"):
        return _CLOSING
    # An unforeseen complaint is still told, in the parser's own words.
    return _MEANINGS.get(problem, Meaning(problem, _QUOTE))


def _span(mark: Any, text: str) -> Span:
    if mark.index >= len(text):
        # The parser notices the end of the file on a line that may not exist; the reader sees where the text ends.
        written = text.rstrip()
        return span_at(written, len(written))
    return Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
