"""Reading the prompts of an MCP adapter: messages with placeholders, written inline or in a file (language §6.5)."""

from __future__ import annotations

from dataclasses import dataclass

from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class PromptArgument:
    """A value that a prompt takes; it is required unless the text says otherwise."""

    name: str
    label: str
    description: str
    required: bool
    at: Pointer


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message; `role` is user or assistant."""

    role: str
    text: str
    at: Pointer


@dataclass(frozen=True, slots=True)
class Prompt:
    """One MCP prompt. One of a file that can't be had has no messages, and its problem is noted."""

    name: str
    label: str
    description: str
    arguments: tuple[PromptArgument, ...]
    messages: tuple[PromptMessage, ...]
    at: Pointer


def read_prompt(fields: Fields) -> Prompt:
    """One MCP prompt."""
    return Prompt(
        name=fields.text("name"),
        label=fields.text("label"),
        description=fields.text("description"),
        arguments=tuple(_read_argument(item) for item in fields.items("arguments")),
        messages=_read_file(fields) if "location" in fields else _read_template(fields),
        at=fields.at,
    )


def _read_argument(fields: Fields) -> PromptArgument:
    return PromptArgument(
        name=fields.text("name"),
        label=fields.text("label"),
        description=fields.text("description"),
        required=fields.boolean("required") is not False,
        at=fields.at,
    )


def _read_template(fields: Fields) -> tuple[PromptMessage, ...]:
    return tuple(
        PromptMessage(item.text("role"), item.text("content"), (*item.at, "content"))
        for item in fields.items("template")
    )


def _read_file(fields: Fields) -> tuple[PromptMessage, ...]:
    """A file is one message of the user."""
    text = fields.content_text("location")
    return () if text is None else (PromptMessage("user", text, (*fields.at, "location")),)
