"""Where a parameter's value comes from, as a small closure: `source(arguments)` → the value, or ABSENT.

Inputs, literals, variables and templates all become one kind of thing here, so that building a request only asks each
of its sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.text.values import ABSENT, to_text

Read = Callable[[Arguments], object]


@dataclass(frozen=True, slots=True)
class Source:
    """A value's origin. `words` is what `explain` shows; `is_constant` lets a builder fold it into the request at load.

    `field` is the input that a caller knows it by; empty where no sole input is behind it.
    """

    read: Read
    words: str
    is_constant: bool = False
    field: str = ""

    def named(self, name: str) -> tuple[str, Read]:
        """What to call the value in a caller's ears (the input it comes from, else `name`), and how to read it."""
        return self.field or name, self.read


def from_input(name: str, default: object = ABSENT) -> Source:
    """The caller's argument `name`, else `default`."""

    def read(arguments: Arguments) -> object:
        return arguments.get(name, default)

    return Source(read, f"input `{name}`", field=name)


def constant(value: object, words: str = "") -> Source:
    """The same value in every call."""
    return Source(lambda arguments: value, words or f"`{to_text(value)}`", is_constant=True)


NOTHING = constant(ABSENT, "nothing")
"""The source of what nothing supplies."""

Find = Callable[[str], Source]
"""Gives the source of a placeholder in a path or a body, by the name as written there."""


def joined(parts: tuple[str | Source, ...], words: str) -> Source:
    """Texts and sources put together as text; ABSENT as soon as one of them is. A sole source keeps its type."""
    if len(parts) == 1 and isinstance(parts[0], Source):
        return replace(parts[0], words=words)
    reads: tuple[str | Read, ...] = tuple(part if isinstance(part, str) else part.read for part in parts)

    def read(arguments: Arguments) -> object:
        texts = []
        for part in reads:
            if isinstance(part, str):
                texts.append(part)
            else:
                value = part(arguments)
                if value is ABSENT or value is None:
                    return ABSENT
                texts.append(to_text(value))
        return "".join(texts)

    if all(isinstance(part, str) or part.is_constant for part in parts):
        return constant(read({}), words)
    fields = {part.field for part in parts if not isinstance(part, str) and not part.is_constant}
    return Source(read, words, field=fields.pop() if len(fields) == 1 else "")


def of_members(members: Mapping[str, Source], words: str) -> Source:
    """An object of sources; an absent member leaves its key out."""
    reads = tuple((key, member.read) for key, member in members.items())

    def read(arguments: Arguments) -> object:
        return {key: value for key, member in reads if (value := member(arguments)) is not ABSENT}

    return Source(read, words, all(member.is_constant for member in members.values()))


def of_items(items: Sequence[Source], words: str) -> Source:
    """A list of sources, without the absent ones."""
    reads = tuple(item.read for item in items)

    def read(arguments: Arguments) -> object:
        return [value for item in reads if (value := item(arguments)) is not ABSENT]

    return Source(read, words, all(item.is_constant for item in items))


Sources = Mapping[str, Source]
"""The source of each slot of an operation, by the slot's name."""
