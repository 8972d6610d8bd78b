"""Reading one mapping of the text, forgivingly.

The schema check reports what has the wrong type; a reader that raised on it again would hide everything that follows.
So a value of the wrong type reads as absent here, and reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.material import Material, MaterialError

_Content = TypeVar("_Content")

_DOLLAR_VARIABLE = re.compile(r"\$\{\{?\s*([A-Za-z_][\w.]*)\s*\}?\}")


class Fields:
    """One mapping with its pointer. Accessors return the value of the asked type, or the given absence."""

    __slots__ = ("at", "material", "relaxations", "values")

    def __init__(self, values: object, at: Pointer, relaxations: Relaxations, material: Material | None = None) -> None:
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        self.at = at
        self.relaxations = relaxations
        self.material = Material(None) if material is None else material

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str) -> str:
        """The text at `key`, else the empty text."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def scalar_text(self, key: str) -> str:
        """The text at `key`; a number or a boolean as JSON writes it: `value: 5` means the text `5` there."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, str | int | float) else ""

    def optional_text(self, key: str) -> str | None:
        """The text at `key`, else None."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def template(self, key: str) -> str:
        """As `scalar_text`, its variables in one spelling: public files also write `${X}` and `${{X}}`."""
        text = self.scalar_text(key)
        filled = _DOLLAR_VARIABLE.sub(r"{{\1}}", text)
        if filled != text:
            self.note("variables written `${X}`", key)
        return filled

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of the list at `key`, in order; other items are skipped."""
        value = self.values.get(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def integer(self, key: str) -> int | None:
        """The whole number at `key`, else None."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def boolean(self, key: str) -> bool | None:
        """The boolean at `key`, else None."""
        value = self.values.get(key)
        return value if isinstance(value, bool) else None

    def booleans(self, key: str) -> dict[str, bool]:
        """The booleans of the mapping at `key`, by their keys."""
        return {name: value for name, value in self.mapping(key).values.items() if isinstance(value, bool)}

    def mapping(self, key: str) -> Fields:
        """The mapping at `key`; an empty one where there is none."""
        return Fields(self.values.get(key), (*self.at, key), self.relaxations, self.material)

    def items(self, key: str) -> Iterator[Fields]:
        """The mappings of the list at `key`, in order; other items are skipped."""
        value = self.values.get(key)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield Fields(item, (*self.at, key, index), self.relaxations, self.material)

    def content(self, key: str) -> bytes | None:
        """What the file holds that the text at `key` names; None, and a problem noted, where it can't be had."""
        return self._had(key, self.material.read)

    def content_text(self, key: str) -> str | None:
        """As `content`, of a file of UTF-8 text."""
        return self._had(key, self.material.text)

    def _had(self, key: str, read: Callable[[str], _Content]) -> _Content | None:
        try:
            return read(self.text(key))
        except MaterialError as error:
            self.material.refuse((*self.at, key), self.text(key), error)
            return None

    def note(self, kind: str, key: str | None = None) -> None:
        """Count a relaxation at this mapping, or at one of its keys."""
        self.relaxations.note(kind, self.at if key is None else (*self.at, key))
