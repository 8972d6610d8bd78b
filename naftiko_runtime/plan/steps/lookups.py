"""How does a lookup find entries in an earlier result? By one field, compared as text (language §9.4).

The first entry that has the value counts. A list of values gives the list of what was found for each, without the
values that nothing was found for; a single value gives one entry, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.text.values import ABSENT, to_text
from naftiko_runtime.plan.wiring.sources import Read


def compile_lookup(index: Read, match: str, value: Read, fields: Sequence[str]) -> Callable[[Arguments], object]:
    """The search of a lookup: `index` reads what is searched, `value` what is looked for."""

    def find(arguments: Arguments) -> object:
        wanted = value(arguments)
        if wanted is ABSENT or wanted is None:
            return None
        entries = _by_value(index(arguments), match)
        if not isinstance(wanted, list):
            found = entries.get(_comparable(wanted))
            return None if found is None else _of(found, fields)
        keys = (_comparable(item) for item in wanted)
        return [_of(entries[key], fields) for key in keys if key in entries]

    return find


def compile_remark(index: Read, match: str, step: str) -> Callable[[Arguments], str]:
    """What is to be said of a search that found nothing in the result of `step`: that no entry has the field at all.

    At load nobody knows what an upstream gives, and it may leave a field out: so this is a remark and no failure.
    """

    def remark(arguments: Arguments) -> str:
        entries = [entry for entry in _entries(index(arguments)) if isinstance(entry, dict) and entry]
        if not entries or any(match in entry for entry in entries):
            return ""
        near = nearest(match, list(entries[0]))
        hint = f"; did you mean `{near}`?" if near else ""
        return f"finds nothing in `{step}`: none of {len(entries)} entries has a `{match}`{hint}"

    return remark


def _entries(searched: object) -> list[object]:
    return searched if isinstance(searched, list) else [searched]


def _by_value(searched: object, match: str) -> dict[str | None, dict[str, object]]:
    """The entries of a list, or a sole entry, by the text of their field; of two with one value the first."""
    found: dict[str | None, dict[str, object]] = {}
    for entry in _entries(searched):
        if isinstance(entry, dict):
            found.setdefault(_comparable(entry.get(match)), entry)
    found.pop(None, None)
    return found


def _comparable(value: object) -> str | None:
    """The text by which values are equal: `1` and `"1"` and `1.0` are; None for what is no single value."""
    if value is None or isinstance(value, list | dict):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return to_text(value)


def _of(entry: dict[str, object], fields: Sequence[str]) -> dict[str, object]:
    return {name: entry.get(name) for name in fields}
