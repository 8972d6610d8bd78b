"""Rules about names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.lint.select import behaviours, entries, select, text
from naftiko_runtime.spec.text.document import Pointer

_STEP_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


def one_namespace_for_one_thing(value: Any) -> Iterator[Finding]:
    """A namespace stands for one API, one adapter or one bind of a file."""
    seen: dict[str, Pointer] = {}
    for section in ("consumes", "exposes", "binds"):
        for at, entry in entries(value, section):
            namespace = text(entry, "namespace")
            earlier = seen.setdefault(namespace, at)
            if namespace and earlier != at:
                message = f"the namespace `{namespace}` stands for something else already"
                yield Finding((*at, "namespace"), message, "give each entry a name of its own", earlier=earlier)


def step_names_are_plain(value: Any) -> Iterator[Finding]:
    """A step's name can stand in a reference such as `$.name.field`."""
    for owner, behaviour in behaviours(value):
        for at, step in select(behaviour, "steps.*", owner):
            name = text(step, "name")
            if name and not _STEP_NAME.match(name):
                message = f"`{name}` can't be told from the path behind it in a reference"
                yield Finding((*at, "name"), message, "name steps with letters, digits, `-` and `_`")
