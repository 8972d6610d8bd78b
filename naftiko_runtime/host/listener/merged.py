"""What is the one server that has all tools of a port?

Where several MCP adapters share a port, `/mcp` is one server with the tools of all of them (C15). Tools of different
adapters may have one name, so each is called `namespace_tool` there, whether or not there is a namesake today: a file
that comes later must not rename the tools of another. Adapters that ask their callers for different things are not
merged: the server then has the tools of those that ask nothing. Clients refuse names beyond 64 characters, and some
anything but letters, digits, `_` and `-`; a name that had to be cut ends in a digest of what it was.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TypeVar

from naftiko_runtime.asgi.access.shared import shown_together
from naftiko_runtime.plan.model.face import McpFace, Tool
from naftiko_runtime.plan.model.offerings import Caching, Files, Prompt, Readable

LONGEST = 64
"""Characters of a tool's name."""

Offered = TypeVar("Offered", Tool, Readable, Prompt)

_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_DIGEST_BYTES = 4


def merge(faces: Sequence[McpFace]) -> McpFace | None:
    """One face with the tools of several, in their order; None where none may be shared. At least one is given; a sole
    one is returned as it is.
    """
    if len(faces) == 1:
        return faces[0]
    faces = shown_together(faces)
    if not faces:
        return None
    names: set[str] = set()
    tools = _renamed(((face.namespace, tool) for face in faces for tool in face.tools), names)
    left_out = _renamed(((face.namespace, tool) for face in faces for tool in face.left_out), names)
    resources: dict[str, tuple[str, Readable]] = {}
    for namespace, item in ((face.namespace, item) for face in faces for item in face.resources):
        resources.setdefault(item.uri if isinstance(item, Files) else item.uri.text, (namespace, item))
    prompts = _renamed(((face.namespace, prompt) for face in faces for prompt in face.prompts), set())
    described = [f"{face.namespace}: {face.description}" if face.description else face.namespace for face in faces]
    first = faces[0]
    description = "\n\n".join(described)
    return McpFace(
        "naftiko",
        first.address,
        first.port,
        "http",
        description,
        tools,
        left_out,
        first.access,
        _renamed(resources.values(), set()),
        prompts,
        _caching(faces),
    )


def _renamed(offered: Iterable[tuple[str, Offered]], taken: set[str]) -> tuple[Offered, ...]:
    """What adapters offer, given with their namespaces, each under a name that is not `taken`, which then is."""
    renamed = []
    for namespace, item in offered:
        name = unique_name(namespace, item.name, taken)
        taken.add(name)
        renamed.append(replace(item, name=name, title=item.title or item.name))
    return tuple(renamed)


def _caching(faces: Sequence[McpFace]) -> Caching | None:
    """What the adapters say of caching; where they differ, nothing is kept or shared."""
    said = {face.caching for face in faces}
    return said.pop() if len(said) == 1 else Caching(0, "private")


def unique_name(namespace: str, tool: str, taken: Container[str]) -> str:
    """The name of a tool among those of all namespaces: `[A-Za-z0-9_-]`, at most `LONGEST` characters, not `taken`."""
    wanted = f"{namespace}_{tool}"
    name = _OTHER.sub("_", wanted)
    if len(name) <= LONGEST and name not in taken:
        return name
    attempt = 0
    while True:
        digest = blake2b(f"{namespace}\0{tool}\0{attempt}".encode(), digest_size=_DIGEST_BYTES).hexdigest()
        cut = f"{name[: LONGEST - len(digest) - 1]}_{digest}"
        if cut not in taken:
            return cut
        attempt += 1
