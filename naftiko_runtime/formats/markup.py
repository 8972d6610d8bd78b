"""An HTML text → a tree of elements, as far as tables need one.

Parsers that follow the HTML standard to the letter repeat unclosed formatting elements in every block and compare every
attribute with every other: a page of 15 KB takes them 300 MB, one of 900 KB half a minute. This reader takes each
character once. It closes what the standard lets an author leave open (`</td>`, `</tr>`, `</li>`, `</p>`) and leaves the
rest of the standard's repairs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from naftiko_runtime.formats.model import Allowance, UndecodableError

DEEPEST = 256
"""Levels of elements. Browsers stop at 512."""

_TOKEN = re.compile(
    r"""<!--(?:.*?-->|.*)
      | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?:[^>"'=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+|["'])*+)>?
      | <[!?/][^>]*+>?
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?+""")

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
"""Elements whose content is no markup, and where it ends."""

_CELLS = ("td", "th")
_ROWS = (*_CELLS, "tr")
_GROUPS = (*_ROWS, "caption", "colgroup", "thead", "tbody", "tfoot")
_PARTS = frozenset(_GROUPS)
_BLOCKS = frozenset(
    {"p", "table", "div", "ul", "ol", "dl", "section", "article", "header", "footer", "main", "nav", "aside", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "pre"}
)
# Which open elements a start tag ends, up to the nearest element that shuts them in.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **{name: (frozenset(_CELLS), frozenset({"table"})) for name in _CELLS},
    "tr": (frozenset(_ROWS), frozenset({"table"})),
    **{name: (_PARTS, frozenset({"table"})) for name in ("caption", "colgroup", "thead", "tbody", "tfoot")},
    "li": (frozenset({"li", "p"}), frozenset({"ul", "ol", "menu", "table", *_CELLS})),
    **{name: (frozenset({"dt", "dd", "p"}), frozenset({"dl", "table", *_CELLS})) for name in ("dt", "dd")},
    **{name: (frozenset({"p"}), frozenset({"table", "button", *_CELLS})) for name in _BLOCKS},
    "option": (frozenset({"option"}), frozenset({"select"})),
}

# What an end tag can't reach out of: `</div>` in a cell ends no `div` around the table.
_NO_WALLS: frozenset[str] = frozenset()
_TABLE_WALLS = frozenset({"table"})
_WALLS = frozenset({"table", *_CELLS})

_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "u", "var"}
)


class Node:
    """One element. `place` and `rank` count from 1: among its parent's elements, and among those of its tag."""

    __slots__ = (
        "_attributes",
        "_written",
        "children",
        "count",
        "index",
        "kinds",
        "parent",
        "place",
        "previous",
        "rank",
        "tag",
    )

    def __init__(self, tag: str, written: str, parent: Node | None, index: int) -> None:
        self.tag = tag
        self._written = written
        self._attributes: dict[str, str] | None = None
        self.parent = parent
        self.index = index
        self.children: list[Node | str] = []
        self.count = 0
        self.kinds: dict[str, int] = {}
        self.place = self.rank = 1
        self.previous: Node | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by their names in lower case; of a repeated one the first counts."""
        if self._attributes is None:
            self._attributes = {}
            for name, *values in _ATTRIBUTE.findall(self._written):
                self._attributes.setdefault(name.lower(), unescape("".join(values)))
        return self._attributes

    def below(self) -> Iterator[Node | str]:
        """Everything below the element, in the order of the text."""
        left = self.children[::-1]
        while left:
            item = left.pop()
            yield item
            if isinstance(item, Node):
                left += item.children[::-1]

    def text(self) -> str:
        """The text of the element as a reader sees it: spaces in one, blocks apart, tables inside of it left out."""
        pieces = []
        left = self.children[::-1]
        while left:
            item = left.pop()
            if isinstance(item, str):
                pieces.append(unescape(item))
            elif item.tag != "table":
                # A block begins and ends on a line of its own, so its text touches no other.
                apart: list[Node | str] = [] if item.tag in _INLINE else [" "]
                left += [*apart, *item.children[::-1], *apart]
        return " ".join("".join(pieces).split())


def read_html(text: str, allowance: Allowance) -> list[Node]:
    """All elements of a page in their order. Raises UndecodableError for one that is too large or too deep."""
    builder = _Builder(allowance)
    position = 0
    while (match := _TOKEN.search(text, position)) is not None:
        builder.add_text(text[position : match.start()])
        position = match.end()
        name = (match["name"] or "").lower()
        if match["close"]:
            builder.end(name)
        elif name:
            builder.start(name, match["attributes"])
            if name in _RAW:
                end = _RAW[name].search(text, position)
                position = len(text) if end is None else end.start()
    builder.add_text(text[position:])
    return builder.nodes


class _Builder:
    """Builds the tree. Each step is paid from the allowance, those along the open elements too."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._root = Node("", "", None, -1)
        self._open = [self._root]
        self.nodes: list[Node] = []

    def add_text(self, text: str) -> None:
        if text:
            self._allowance.take()
            self._open[-1].children.append(text)

    def start(self, name: str, attributes: str) -> None:
        self._allowance.take()
        if name in _ENDS:
            self._close(*_ENDS[name])
        parent = self._open[-1]
        node = Node(name, attributes, parent, len(self.nodes))
        node.previous = self._last(parent)
        parent.count += 1
        parent.kinds[name] = parent.kinds.get(name, 0) + 1
        node.place, node.rank = parent.count, parent.kinds[name]
        parent.children.append(node)
        self.nodes.append(node)
        if name not in _VOID:
            if len(self._open) > DEEPEST:
                raise UndecodableError(f"HTML nested deeper than {DEEPEST} levels")
            self._open.append(node)

    def end(self, name: str) -> None:
        self._allowance.take()
        walls = _NO_WALLS if name == "table" else _TABLE_WALLS if name in _PARTS else _WALLS
        found = self._find(frozenset({name}), walls)
        if found:
            del self._open[found:]

    def _close(self, names: frozenset[str], walls: frozenset[str]) -> None:
        while found := self._find(names, walls):
            del self._open[found:]

    def _find(self, names: frozenset[str], walls: frozenset[str]) -> int:
        """The place of the innermost open element of `names` that no wall shuts in; 0 where there is none."""
        for place in range(len(self._open) - 1, 0, -1):
            tag = self._open[place].tag
            if tag in names:
                self._allowance.take((len(self._open) - place) // 8)
                return place
            if tag in walls:
                break
        self._allowance.take(len(self._open) // 8)
        return 0

    @staticmethod
    def _last(parent: Node) -> Node | None:
        for child in parent.children[:-3:-1]:
            if isinstance(child, Node):
                return child
        return None
