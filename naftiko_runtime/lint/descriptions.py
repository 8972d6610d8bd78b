"""Rules about what people and models read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.lint.select import Found, adapters, entries, text
from naftiko_runtime.spec.text.document import Pointer

_READ = ("description", "label", "title")
_SCRIPT = re.compile(r"<\s*script\b", re.IGNORECASE)
_EVAL = re.compile(r"\beval\s*\(")


def file_has_tags(value: Any) -> Iterator[Finding]:
    """Tags are how a capability is found among many."""
    info = value.get("info")
    if isinstance(info, dict) and not info.get("tags"):
        yield Finding(("info", "tags"), "the file has no tags", "add `tags: […]` below `info`", key=True)


def consumed_api_is_described(value: Any) -> Iterator[Finding]:
    """What an API is for can't be told from its address."""
    yield from _undescribed(entries(value, "consumes"), "the consumed API")


def exposed_resource_is_described(value: Any) -> Iterator[Finding]:
    """The description of a resource stands in the OpenAPI document."""
    yield from _undescribed(adapters(value, "rest", "resources.*"), "the exposed resource")


def exposed_operation_is_described(value: Any) -> Iterator[Finding]:
    """So does that of an operation; one with a `ref` has its function's."""
    operations = adapters(value, "rest", "resources.*.operations.*")
    yield from _undescribed(((at, item) for at, item in operations if "ref" not in item), "the exposed operation")


def aggregate_function_is_described(value: Any) -> Iterator[Finding]:
    """Every tool and operation that refers to a function is described by it."""
    yield from _undescribed(entries(value, "aggregates", "functions.*"), "the function")


def texts_have_no_script_tag(value: Any) -> Iterator[Finding]:
    """Descriptions are shown in browsers, by tools that nobody has checked."""
    yield from _matching(value, _SCRIPT.search, "a script tag in a text that is shown to people")


def texts_have_no_eval(value: Any) -> Iterator[Finding]:
    """A text that reads like code for a model or a page to run is an attack, or looks like one."""
    yield from _matching(value, _EVAL.search, "`eval(` in a text that is shown to people and models")


def _undescribed(found: Iterator[Found], what: str) -> Iterator[Finding]:
    for at, item in found:
        if not text(item, "description").strip():
            name = text(item, "name") or text(item, "namespace") or text(item, "path") or text(item, "method")
            yield Finding(at, f"{what} `{name}` has no description", "say in a sentence what it is for")


def _matching(value: Any, matches: Callable[[str], object], message: str) -> Iterator[Finding]:
    for at, written in _texts(value):
        if matches(written):
            yield Finding(at, message, "say it in plain words")


def _texts(value: Any) -> Iterator[tuple[Pointer, str]]:
    """Every text for people, in the order of the file. Without recursion: how deep a file goes is its author's."""
    waiting: list[tuple[Pointer, Any]] = [((), value)]
    while waiting:
        at, found = waiting.pop()
        if isinstance(found, str) and at[-1:] and at[-1] in _READ:
            yield at, found
        if isinstance(found, dict):
            waiting += [((*at, key), child) for key, child in reversed(found.items())]
        elif isinstance(found, list):
            waiting += [((*at, index), child) for index, child in reversed(list(enumerate(found)))]
