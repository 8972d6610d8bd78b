"""What do the aliases of a file stand for, and is it too much?

An alias is a few letters and may stand for a million values: aliases of aliases multiply ("billion laughs"), one long
text repeats, one deep list nests in the next. All values are shared in memory here, but whoever walks them (the schema
check, the plan) pays for every copy. So everything is counted as if it were written out, and reading stops early.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from naftiko_runtime.spec.text.document import Place
from naftiko_runtime.spec.text.source import MAX_BYTES, quoted

MAX_DEPTH = 100
"""Levels of nesting, aliases written out. The deepest public file has 17."""

MAX_ALIAS_NODES = 100_000
"""How many values and merged keys all aliases of a file may stand for together."""

MAX_ALIAS_CHARACTERS = MAX_BYTES
"""How many characters all aliases of a file may stand for together."""


class Anchored(NamedTuple):
    """What an anchor marks: `size` in values, `length` in characters and `height` in levels, aliases written out."""

    value: Any
    place: Place
    size: int
    length: int
    height: int


class AnchorError(ValueError):
    """An alias that can't be followed. `code` and `help` are those of its diagnostic."""

    def __init__(self, code: str, message: str, help_text: str) -> None:
        self.code = code
        self.help = help_text
        super().__init__(message)


@dataclass(slots=True)
class Mark:
    """The counters as they stood where an anchored value begins."""

    size: int
    length: int
    deepest: int


class Anchors:
    """The anchors of one text, and the counters that its aliases draw on.

    The parser keeps `size` (values so far) and `deepest` (levels so far) up to date; `length` grows by aliases alone,
    because the length of what is written is known from the text.
    """

    __slots__ = ("_alias_size", "_known", "_open", "deepest", "length", "size")

    def __init__(self) -> None:
        self.size = 0
        self.length = 0
        self.deepest = 0
        self._alias_size = 0
        self._known: dict[str, Anchored] = {}
        self._open: set[str] = set()

    def begin(self, name: str, depth: int) -> Mark:
        """An anchored value, counted already, begins at `depth`; till it ends, an alias of `name` would hold itself."""
        mark = Mark(self.size - 1, self.length, self.deepest)
        self._open.add(name)
        self.deepest = depth
        return mark

    def end(self, name: str, mark: Mark, depth: int, written: int, value: Any, place: Place) -> None:
        """The anchored value is complete; `written` is its length in the text. A second anchor replaces the first."""
        self._open.discard(name)
        size, length = self.size - mark.size, self.length - mark.length + written
        self._known[name] = Anchored(value, place, size, length, self.deepest - depth)
        self.deepest = max(self.deepest, mark.deepest)

    def follow(self, name: str, depth: int) -> Anchored:
        """What the alias `name` at `depth` stands for. Raises AnchorError where it is nothing, itself or too much."""
        if name in self._open:
            raise AnchorError(
                "NK1012", f"{quoted('*' + name)} stands inside the value that it repeats", "write the value out"
            )
        if name not in self._known:
            help_text = f"mark a value before it with {quoted('&' + name)}; a text that starts with `*` needs quotes"
            raise AnchorError("NK1012", f"{quoted('*' + name)} names no anchor before it", help_text)
        anchored = self._known[name]
        self.size += anchored.size
        self.length += anchored.length
        self.deepest = max(self.deepest, depth + anchored.height)
        if self.deepest > MAX_DEPTH:
            raise AnchorError("NK1007", *TOO_DEEP)
        self.copy(anchored.size)
        if self.length > MAX_ALIAS_CHARACTERS:
            raise AnchorError(
                "NK1008",
                f"the aliases of this file stand for more than {MAX_ALIAS_CHARACTERS:,} characters",
                "write the values out, or use fewer aliases",
            )
        return anchored

    def copy(self, size: int) -> None:
        """Count values that are repeated without being written. Raises AnchorError when they are too many."""
        self._alias_size += size
        if self._alias_size > MAX_ALIAS_NODES:
            raise AnchorError(
                "NK1008",
                f"the aliases and merges of this file stand for more than {MAX_ALIAS_NODES:,} values",
                "write the values out, or use fewer aliases",
            )


TOO_DEEP = (f"nested deeper than {MAX_DEPTH} levels", "flatten this part of the file")
"""Message and help of NK1007."""
