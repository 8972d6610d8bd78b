"""How is the URL of a request put together behind its base address? (C14)

Texts stand as their author wrote them, with what a URL can't hold percent-encoded; a caller's value is encoded to the
unreserved characters of RFC 3986, so that it stays one segment, or one value of the query.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from naftiko_runtime.errors import FieldError
from naftiko_runtime.plan.inputs.slots import Slots
from naftiko_runtime.plan.model.call import Arguments, Place
from naftiko_runtime.plan.text.template import Part
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue, path_segment, query_key, query_value
from naftiko_runtime.plan.wiring.sources import Find, Read, Sources

Piece = Callable[[Arguments, list[FieldError]], str]
"""Builds a part of the URL, and notes every value that can't stand there."""


def compile_path(slots: Slots, find: Find) -> Piece:
    """The builder of the path: its texts as written, each value one segment or a part of one."""
    parts = tuple(_written(part) if isinstance(part, str) else find(part.name).named(part.name) for part in slots.path)
    if parts and not (isinstance(parts[0], str) and parts[0].startswith("/")):
        parts = ("/", *parts)
    if all(isinstance(part, str) for part in parts):
        constant_path = "".join(part for part in parts if isinstance(part, str))
        return lambda arguments, problems: constant_path

    def build(arguments: Arguments, problems: list[FieldError]) -> str:
        texts = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            name, read = part
            value = read(arguments)
            if value is ABSENT:
                problems.append(FieldError(name, "is required"))
                continue
            try:
                texts.append(path_segment(value))
            except UnfitValue as unfit:
                problems.append(FieldError(name, str(unfit)))
        return "".join(texts)

    return build


def _written(text: str) -> str:
    """A constant text of a path or query as its author wrote it, with what a URL can't hold percent-encoded."""
    return quote(text, safe="%/?:@!$&'()*+,;=[]~")


def compile_query(slots: Slots, sources: Sources, find: Find, credential: tuple[tuple[str, str], ...]) -> Piece:
    """The builder of the query: the credential, what the path has written out, then the inputs (C14)."""
    fixed = [f"{key}={value}" for key, value in credential]
    written: list[tuple[str, tuple[str | tuple[str, Read], ...]]] = []
    pairs: list[tuple[str, str, Read]] = []
    for key, parts in slots.fixed_query:
        _add_written_pair(_written(key), parts, find, fixed, written, pairs)
    for slot in slots.slots:
        if slot.place is Place.QUERY and not slot.is_template and slot.name in sources:
            field, read = sources[slot.name].named(slot.name)
            pairs.append((field, f"{query_key(slot.name)}=", read))
    if not pairs and not written:
        constant_query = "&".join(fixed)
        return lambda arguments, problems: constant_query

    def build(arguments: Arguments, problems: list[FieldError]) -> str:
        texts = fixed.copy()
        for key, pieces in written:
            texts += _written_pair(key, pieces, arguments, problems)
        for name, prefix, read in pairs:
            value = read(arguments)
            if value is ABSENT or value is None:
                continue
            try:
                if isinstance(value, list):
                    texts += [prefix + query_value(item) for item in value]
                else:
                    texts.append(prefix + query_value(value))
            except UnfitValue as unfit:
                problems.append(FieldError(name, str(unfit)))
        return "&".join(texts)

    return build


def _add_written_pair(
    key: str,
    parts: tuple[Part, ...],
    find: Find,
    fixed: list[str],
    written: list[tuple[str, tuple[str | tuple[str, Read], ...]]],
    pairs: list[tuple[str, str, Read]],
) -> None:
    """One pair of a query that was written into the path: as it stands, or with its placeholders filled."""
    pieces = tuple(_written(part) if isinstance(part, str) else find(part.name).named(part.name) for part in parts)
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if len(texts) == len(pieces):
        text = "".join(texts)
        fixed.append(f"{key}={text}" if text else key)
    elif len(pieces) == 1 and not isinstance(pieces[0], str):
        pairs.append((pieces[0][0], f"{key}=", pieces[0][1]))
    else:
        written.append((key, pieces))


def _written_pair(
    key: str, pieces: tuple[str | tuple[str, Read], ...], arguments: Arguments, problems: list[FieldError]
) -> list[str]:
    """The pair with its placeholders filled; nothing where one of them has no value."""
    texts = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        name, read = piece
        value = read(arguments)
        if value is ABSENT or value is None:
            return []
        try:
            texts.append(query_value(value))
        except UnfitValue as unfit:
            problems.append(FieldError(name, str(unfit)))
    return [f"{key}={''.join(texts)}"]
