"""Which value does a plain YAML scalar mean? YAML 1.2 core schema (§10.3.2), and nothing else.

PyYAML resolves by YAML 1.1, where `on` is true, `12:30` is 750 and `2026-05-19` is a date; the catalogue holds files
that break on each of these (C8). So scalars are resolved here: only null, true/false, integers and floats are not text.
"""

from __future__ import annotations

import re

from naftiko_runtime.spec.text.source import quoted

_CONSTANTS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_DECIMAL = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")

# Converting digits to an integer is quadratic, and CPython refuses over 4,300 of them; nothing in a spec needs 100.
_LONGEST_NUMBER = 100


def resolve_plain(text: str) -> object:
    """The value of a plain (unquoted, untagged) scalar. `.inf` and `.nan` stay text: JSON can't carry them."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    first = text[0]
    if not ("0" <= first <= "9" or first in "-+.") or len(text) > _LONGEST_NUMBER:
        return text
    if _DECIMAL.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.match(text):
        return int(text[2:], 16)
    if _FLOAT.match(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


TAG_PREFIX = "tag:yaml.org,2002:"

_MEANT = {"null": "null", "bool": "`true` or `false`", "int": "a whole number", "float": "a number"}


class TagError(ValueError):
    """A tag this loader does not allow, or a scalar that is not what its tag says. `help` is that of its diagnostic."""

    def __init__(self, message: str, help_text: str) -> None:
        self.help = help_text
        super().__init__(message)

    @classmethod
    def not_allowed(cls, tag: str) -> TagError:
        """The error for a tag that stands for anything but the types of JSON."""
        shown = "!!" + tag.removeprefix(TAG_PREFIX) if tag.startswith(TAG_PREFIX) else tag
        return cls(
            f"the tag {quoted(shown)} is not allowed in a capability file",
            "remove the tag; put a text that starts with `!` between quotes",
        )


def resolve_tagged(text: str, tag: str) -> object:
    """The value of a scalar with an explicit tag. Only the core schema's tags are allowed; raises TagError."""
    if tag in ("!", TAG_PREFIX + "str"):
        return text
    name = tag.removeprefix(TAG_PREFIX)
    if name not in _MEANT or name == tag:
        raise TagError.not_allowed(tag)
    value = resolve_plain(text)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "null": value is None,
        "bool": isinstance(value, bool),
        "int": is_number and isinstance(value, int),
        "float": is_number,
    }
    if not fits[name]:
        found = quoted(text) if text else "nothing"
        raise TagError(f"{found} is not {_MEANT[name]}, as its tag `!!{name}` says", "remove the tag")
    return float(value) if name == "float" and isinstance(value, int) else value
