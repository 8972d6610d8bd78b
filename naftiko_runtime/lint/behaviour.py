"""Rules about what operations, tools and functions say that they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.lint.select import adapters, behaviours, entries, select, text

_CONTRADICTIONS = {
    ("safe", True): {"readOnly": False, "destructive": True},
    ("safe", False): {"readOnly": True},
    ("idempotent", True): {"idempotent": False},
    ("idempotent", False): {"idempotent": True},
}
"""The hints that say the opposite of what a function's semantics say."""

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""RFC 9110 §9.2.1."""


def shows_what_the_function_means(value: Any) -> Iterator[Finding]:
    """Hints and methods of what refers to a function agree with its semantics."""
    semantics = dict(_semantics(value))
    for at, tool in adapters(value, "mcp", "tools.*"):
        hints = tool.get("hints")
        for name, worth in semantics.get(text(tool, "ref"), {}).items():
            for hint, wrong in _CONTRADICTIONS.get((name, worth), {}).items():
                if isinstance(hints, dict) and hints.get(hint) is wrong:
                    message = f"`{hint}: {_word(wrong)}` contradicts `{name}: {_word(worth)}` of the function"
                    yield Finding((*at, "hints", hint), message, "leave the hint out: it follows from the semantics")
    for at, operation in adapters(value, "rest", "resources.*.operations.*"):
        method = text(operation, "method").upper() or "GET"
        contradiction = _contradicted(method, semantics.get(text(operation, "ref"), {}))
        if contradiction:
            message = f"{method} contradicts `{contradiction}` of the function"
            yield Finding((*at, "method"), message, "expose it with a method that means the same (RFC 9110 §9.2)")


def scripts_can_be_found(value: Any) -> Iterator[Finding]:
    """A script step says its language and where its file lies, or the control adapter says it for all."""
    defaults: dict[str, Any] = {}
    for _, scripting in adapters(value, "control", "management.scripting"):
        defaults = scripting
    for owner, behaviour in behaviours(value):
        for at, step in select(behaviour, "steps.*", owner):
            for key, default in (("location", "defaultLocation"), ("language", "defaultLanguage")):
                if step.get("type") == "script" and key not in step and default not in defaults:
                    message = f"the script step has no `{key}`, and there is no `{default}`"
                    help_text = f"write `{key}` here, or `{default}` below `management.scripting` of a control adapter"
                    yield Finding(at, message, help_text)


def _semantics(value: Any) -> Iterator[tuple[str, dict[str, bool]]]:
    for at, aggregate in entries(value, "aggregates"):
        for _, function in select(aggregate, "functions.*", at):
            said = function.get("semantics")
            known = (
                {key: item for key, item in said.items() if isinstance(item, bool)} if isinstance(said, dict) else {}
            )
            yield f"{text(aggregate, 'namespace')}.{text(function, 'name')}", known


def _contradicted(method: str, semantics: dict[str, bool]) -> str:
    """What of the semantics a method contradicts, in the words of the language; nothing if it agrees."""
    is_safe = method in _SAFE_METHODS
    if semantics.get("safe") not in (None, is_safe):
        return f"safe: {_word(not is_safe)}"
    return "idempotent: true" if semantics.get("idempotent") and method == "POST" else ""


def _word(value: bool) -> str:
    return "true" if value else "false"
