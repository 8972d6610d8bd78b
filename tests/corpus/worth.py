"""What is each name worth in one call? Arguments, `with`, variables and declarations of the raw YAML, put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.corpus.arguments import as_text, fold
from tests.corpus.truth import Exposed, Map

ABSENT: Any = object()

_DOUBLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}|\{\s*([^{}]*?)\s*\}")
_PREFIX = r"(?:rest|tools|mcp|\$this(?:\.{own})?|{own})\.(?:(?:body|query|path|header)\.)?(\S+)\Z"


def placeholder_names(path: str) -> list[str]:
    """The names of a path's `{x}` and `{{x}}`, in order."""
    return [found[1] or found[2] for found in PLACEHOLDER.finditer(path)]


class Worth:
    """The values of one call. `given` are the caller's arguments, by the names the face shows."""

    def __init__(self, exposed: Exposed, adapter: str, given: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        self._supplied = exposed.supplied
        self._placeholders = placeholder_names(exposed.path)
        self._is_closed = bool(exposed.supplied or exposed.declared)
        self._given = given
        self._variables = variables
        self._reference = re.compile(_PREFIX.replace("{own}", re.escape(adapter)))

    def parameter(self, name: str, declared: Map | None = None) -> Any:
        """A parameter of the true operation: by `with`, as the text fixes it, by the caller, by default."""
        declared = declared or {}
        supplied = _find(name, self._supplied)
        if supplied is not ABSENT:
            return self._referred(supplied)
        if declared.get("value") is not None:
            return self.rendered(declared["value"])
        given = _find(name, self._given)
        return declared.get("default", ABSENT) if given is ABSENT else given

    def is_fed(self, name: str) -> bool:
        """Whether a caller can give this parameter: `with` names it, or there are no `with` and no declared inputs."""
        return not self._is_closed or _find(name, self._supplied) is not ABSENT

    def placeholder(self, name: str, declared: Map | None = None) -> Any:
        """A placeholder of a path or a body: a variable, or the parameter of that name."""
        if name in self._variables:
            return self._variables[name]
        return self.parameter(self._bare(name), declared)

    def at_place(self, index: int, count: int) -> Any:
        """The argument of the exposed path's placeholder at this place, where that path has `count` of them: some
        public operations are fed by position alone.
        """
        return _find(self._placeholders[index], self._given) if len(self._placeholders) == count else ABSENT

    def rendered(self, value: Any) -> Any:
        """A value with the placeholders of its text filled in."""
        return _filled(value, self.placeholder)

    def _referred(self, value: Any) -> Any:
        """A value of `with`: a reference to an argument, a text with placeholders, or itself."""
        if not isinstance(value, str):
            return value
        if self._reference.match(value) or value in self._given:
            return _find(self._bare(value), self._given)
        return _filled(value, self._argument)

    def _argument(self, name: str) -> Any:
        return self._variables[name] if name in self._variables else _find(self._bare(name), self._given)

    def _bare(self, name: str) -> str:
        found = self._reference.match(name)
        return found[1] if found else name


def _filled(value: Any, find: Callable[[str], Any]) -> Any:
    """A text with each `{{name}}` filled in: a sole one keeps its type, and an absent one makes all of it absent."""
    if not isinstance(value, str):
        return value
    sole = _DOUBLE.fullmatch(value.strip())
    if sole:
        return find(sole[1])
    pieces = _DOUBLE.split(value)
    pieces[1::2] = [find(name) for name in pieces[1::2]]
    return ABSENT if ABSENT in pieces else "".join(as_text(piece) for piece in pieces)


def _find(name: str, values: Mapping[str, Any]) -> Any:
    if name in values:
        return values[name]
    return next((value for key, value in values.items() if fold(key) == fold(name)), ABSENT)
