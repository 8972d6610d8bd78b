"""How does the author of a file call what the canonical form calls otherwise?

The schema check runs on the canonical form, but whoever reads its messages wrote `display`, not `label`, and a map, not
a list. So a failed keyword is put into the author's words before it is explained; what is found keeps its canonical
place, because everything after works with that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from naftiko_runtime.spec.generations.canonical import STRAY_NAME
from naftiko_runtime.spec.generations.shapes import LATER, LATER_IN_IMPORTS, NAMED_KEYS, both_ways
from naftiko_runtime.spec.schema.judgement import Failure, Schema
from naftiko_runtime.spec.schema.violation import Violation, read_violations
from naftiko_runtime.spec.text.document import Pointer

_ITEM = {STRAY_NAME: "name"}


class Spelling:
    """The author's words of one file. `written` gives the author's path for a pointer."""

    def __init__(self, written: Callable[[Pointer], Pointer], *, is_keyed: bool) -> None:
        self._written = written
        self.is_keyed = is_keyed

    def read(self, failure: Failure, root: Schema) -> list[Violation]:
        """The violations of a failed keyword of the schema `root`, told in the author's words."""
        if not self.is_keyed:
            return list(read_violations(failure, root))
        written = self._written(failure.pointer)
        is_named = bool(written) and isinstance(failure.pointer[-1], int) and isinstance(written[-1], str)
        words = _words(failure.schema) | (_ITEM if is_named else {})
        spoken = Failure(
            failure.keyword,
            written,
            failure.found,
            _as_map(failure, _respelled(failure.schema, words, is_named)),
            _respelled(failure.definition, words, is_named),
            tuple(words.get(key, key) for key in failure.keys),
        )
        back = {word: own for own, word in words.items()}
        return [
            violation._replace(
                pointer=(*failure.pointer, *(back.get(key, key) for key in violation.pointer[len(written) :])),
                near=back.get(violation.near, violation.near) if violation.near is not None else None,
                missing=tuple(back.get(key, key) for key in violation.missing),
            )
            for violation in read_violations(spoken, root)
        ]


def _words(schema: Schema) -> dict[Any, Any]:
    in_import = "import" in schema.get("properties", ())
    return dict(both_ways(LATER_IN_IMPORTS if in_import else LATER))


def _respelled(schema: Schema, words: Mapping[Any, Any], is_named: bool) -> Schema:
    """A schema whose keys are the author's; an object that stands under its name needs no other."""
    known = schema.get("properties")
    if known is None:
        return schema
    kept = {words.get(key, key): described for key, described in known.items() if not (is_named and key == "name")}
    return {**schema, "properties": kept}


def _as_map(failure: Failure, schema: Schema) -> Schema:
    """A list of named things is a map by name to the author."""
    is_map = failure.pointer[-1:] and failure.pointer[-1] in NAMED_KEYS and schema.get("type") == "array"
    return {**schema, "type": "object"} if is_map else schema
