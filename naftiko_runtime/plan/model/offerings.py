"""What an MCP adapter offers besides tools, compiled: resources and prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.plan.model.uris import UriTemplate


class Caching(NamedTuple):
    """How long clients may keep what they are told, in milliseconds, and whether they may share it; None: as usual."""

    ttl: int | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something a client may read by a function, whose arguments are the placeholders of `uri`.

    `mime_type` is empty where the text says none. One that was left out of a partly served file is not listed, and says
    why when it is read (C6b).
    """

    name: str
    title: str
    description: str
    uri: UriTemplate
    mime_type: str
    function: Function

    @property
    def is_left_out(self) -> bool:
        """Whether it only says why it is not served."""
        return isinstance(self.function.action, Refused)


@dataclass(frozen=True, slots=True)
class Files:
    """A file that a client may read at `uri`, or a folder whose files it may read below `uri`: whichever `path` is.
    Nothing outside of `root` is shown, whatever becomes of the path.
    """

    name: str
    title: str
    description: str
    uri: str
    mime_type: str
    root: Path
    path: Path

    @property
    def is_left_out(self) -> bool:
        """Never: what is wrong with files is told when they are asked for."""
        return False


@dataclass(frozen=True, slots=True)
class PromptArgument:
    """A value that a prompt takes."""

    name: str
    title: str
    description: str
    required: bool


class Slot(NamedTuple):
    """A place in a message, and the name of the argument that fills it."""

    argument: str


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message; `role` is user or assistant."""

    role: str
    parts: tuple[str | Slot, ...]

    def text(self, values: Mapping[str, str]) -> str:
        """The message with values, which are never looked at as a template again; one that is absent leaves nothing."""
        return "".join(part if isinstance(part, str) else values.get(part.argument, "") for part in self.parts)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages that a client may ask for by name."""

    name: str
    title: str
    description: str
    arguments: tuple[PromptArgument, ...]
    messages: tuple[PromptMessage, ...]


Readable = Resource | Files
"""Something that a client may read."""
