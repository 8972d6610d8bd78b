"""Which operation does a method and a path mean?

All routes of a listener are one table (C15, C16), and a request is decided by the path as it came, percent-encoded, so
that no server's decoding can make two paths of one. At every level a literal segment wins over text mixed with
placeholders, that over a plain placeholder, and that over a tail, which takes all the rest; where the winner leads
nowhere for this method, the next one is tried. A method and path that is claimed twice stays with the first.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote

from naftiko_runtime.rest.template import Literal, Pattern, Placeholder, Segment, Tail, decode_segments

Target = TypeVar("Target")

# What RFC 3986 lets stand in a segment as it is (pchar): a client may send these escaped or bare, most send them bare.
_PCHAR = "!$&'()*+,;=:@"


class Match(NamedTuple, Generic[Target]):
    """The route of a request, and the decoded values of its placeholders in the template's order."""

    target: Target
    values: tuple[str, ...]


class MethodRefused(NamedTuple):
    """The path is exposed, but not for this method. `allowed` is what `Allow` says: sorted, with HEAD and OPTIONS."""

    allowed: tuple[str, ...]


class _Node(Generic[Target]):
    """One level of the tree. `methods` is not empty where a template ends."""

    __slots__ = ("literals", "methods", "patterns", "placeholder", "tail")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[Target]] = {}
        self.patterns: list[tuple[Pattern, _Node[Target]]] = []
        self.placeholder: _Node[Target] | None = None
        self.tail: _Node[Target] | None = None
        self.methods: dict[str, Target] = {}

    def child(self, segment: Segment) -> _Node[Target]:
        """The node below this one for a segment of a template, made where there is none."""
        if isinstance(segment, Literal):
            return self.literals.setdefault(segment.text, _Node())
        if isinstance(segment, Placeholder):
            self.placeholder = self.placeholder or _Node()
            return self.placeholder
        if isinstance(segment, Tail):
            self.tail = self.tail or _Node()
            return self.tail
        for pattern, node in self.patterns:
            if pattern.expression == segment.expression:
                return node
        node = _Node()
        self.patterns.append((segment, node))
        self.patterns.sort(key=lambda item: -item[0].weight)
        return node


class RouteTable(Generic[Target]):
    """The routes of one listener. Filled by `add` while it is built, and only read afterwards."""

    __slots__ = ("_has_tails", "_literal", "_root")

    def __init__(self) -> None:
        self._root: _Node[Target] = _Node()
        self._has_tails = False
        self._literal: dict[bytes, dict[str, Match[Target]]] = {}

    def add(self, method: str, segments: tuple[Segment, ...], target: Target) -> Target | None:
        """Claim a parsed path for a method, `*` for all that nobody else claims. Returns the holder where it is claimed
        already: the first keeps it.
        """
        node = self._root
        self._has_tails = self._has_tails or Tail() in segments
        for segment in segments:
            node = node.child(segment)
        if method in node.methods:
            return node.methods[method]
        node.methods[method] = target
        if all(isinstance(segment, Literal) for segment in segments):
            self._remember(segments, method, target)
        return None

    def find(self, method: str, raw_path: bytes) -> Match[Target] | MethodRefused | None:
        """The route of a request; `MethodRefused` where the path has other methods, None where it isn't exposed.

        HEAD is answered by the GET route of a path that declares no HEAD.
        """
        methods = self._literal.get(raw_path)
        if methods is not None and method in methods:
            return methods[method]
        if raw_path[:1] not in (b"/", b""):
            return None
        segments = decode_segments(raw_path)
        allowed: set[str] = set()
        raw = raw_path.removeprefix(b"/").split(b"/") if self._has_tails else []
        found = _search(self._root, segments, raw, 0, (), method, allowed)
        if found is not None:
            return found
        return MethodRefused(tuple(sorted(allowed | {"OPTIONS"}))) if allowed else None

    def _remember(self, segments: tuple[Segment, ...], method: str, target: Target) -> None:
        """Keep a path without placeholders under the bytes clients send for it: one look-up, no decoding."""
        texts = (segment.text for segment in segments if isinstance(segment, Literal))
        raw = "/" + "/".join(quote(text, safe=_PCHAR, errors="surrogateescape") for text in texts)
        methods = self._literal.setdefault(raw.encode(), {})
        methods[method] = Match(target, ())
        if method == "GET":
            methods.setdefault("HEAD", methods[method])


def _search(
    node: _Node[Target],
    segments: list[str],
    raw: list[bytes],
    index: int,
    values: tuple[str, ...],
    method: str,
    allowed: set[str],
) -> Match[Target] | None:
    """The first route below `node`, best first. Methods of paths that match, but not for `method`, go to `allowed`.
    `raw` are the segments as they were sent, where some route needs them.
    """
    if index == len(segments):
        return _at_end(node, values, method, allowed)
    segment = segments[index]
    index += 1
    child = node.literals.get(segment)
    if child is not None:
        found = _search(child, segments, raw, index, values, method, allowed)
        if found is not None:
            return found
    for pattern, child in node.patterns:
        matched = pattern.expression.fullmatch(segment)
        if matched is not None:
            found = _search(child, segments, raw, index, values + matched.groups(), method, allowed)
            if found is not None:
                return found
    if node.placeholder is not None and segment:
        found = _search(node.placeholder, segments, raw, index, (*values, segment), method, allowed)
        if found is not None:
            return found
    if node.tail is not None:
        rest = b"/".join(raw[index - 1 :]).decode("latin-1")
        return _at_end(node.tail, (*values, rest), method, allowed)
    return None


def _at_end(node: _Node[Target], values: tuple[str, ...], method: str, allowed: set[str]) -> Match[Target] | None:
    target = node.methods.get(method)
    if target is None and method == "HEAD":
        target = node.methods.get("GET")
    if target is None:
        target = node.methods.get("*")
    if target is not None:
        return Match(target, values)
    allowed.update(node.methods)
    if "GET" in node.methods:
        allowed.add("HEAD")
    return None
