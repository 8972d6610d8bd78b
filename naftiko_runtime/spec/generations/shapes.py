"""Which objects of the language hold which, and which of them stand under their names?

The generations of the language differ in spelling more than in meaning: what alpha2 writes as a list of objects with a
`name`, later files write as a map from names to objects (language §13.3). Whoever brings a text from one generation to
another walks it along this table; what the table doesn't name (templates, bodies, `with`) belongs to the author and is
never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Form(Enum):
    """How the value of a key holds objects."""

    ONE = "one"
    LIST = "list"
    NAMED = "named"  # a list whose objects have a `name`, or a map by name
    FREE = "free"  # a map by name in every generation


class Part(NamedTuple):
    """What stands under a key: objects of which shape, in which form."""

    shape: str
    form: Form


_INPUTS = Part("leaf", Form.NAMED)
_BEHAVIOUR = {
    "inputParameters": _INPUTS,
    "steps": Part("leaf", Form.NAMED),
    "mappings": Part("leaf", Form.LIST),
    "outputParameters": Part("output", Form.NAMED),
}
_ENTRIES = {
    "binds": Part("leaf", Form.LIST),
    "consumes": Part("consumes", Form.LIST),
    "exposes": Part("exposes", Form.LIST),
    "aggregates": Part("aggregate", Form.LIST),
}

ROOT = "root"
"""The shape of a whole file."""

IMPORT = "leaf"
"""The shape of an entry that imports another file's."""

SHAPES: Mapping[str, Mapping[str, Part]] = MappingProxyType(
    {
        ROOT: {**_ENTRIES, "info": Part("info", Form.ONE), "capability": Part("capability", Form.ONE)},
        "capability": _ENTRIES,
        "consumes": {"inputParameters": _INPUTS, "resources": Part("consumedResource", Form.NAMED)},
        "consumedResource": {"inputParameters": _INPUTS, "operations": Part("consumedOperation", Form.NAMED)},
        "consumedOperation": {"inputParameters": _INPUTS, "outputParameters": Part("leaf", Form.NAMED)},
        # Resources of a REST adapter and of an MCP adapter have no key in common that means two things.
        "exposes": {
            "inputParameters": _INPUTS,
            "resources": Part("exposedResource", Form.NAMED),
            "tools": Part("behaviour", Form.NAMED),
            "prompts": Part("prompt", Form.NAMED),
            "skills": Part("skill", Form.NAMED),
        },
        "exposedResource": {**_BEHAVIOUR, "operations": Part("behaviour", Form.NAMED)},
        "behaviour": _BEHAVIOUR,
        "prompt": {"arguments": Part("leaf", Form.NAMED)},
        "skill": {"tools": Part("leaf", Form.NAMED)},
        "aggregate": {"functions": Part("behaviour", Form.NAMED)},
        # An output of steps; outputs of a `call` have no names, and are alike in every generation.
        "output": {"properties": Part("output", Form.FREE), "items": Part("output", Form.NAMED)},
        "info": {},
        "leaf": {},
    }
)
"""Every shape: its keys, in the words of alpha2, that hold objects of the language."""

NAMED_KEYS = frozenset(key for shape in SHAPES.values() for key, part in shape.items() if part.form is Form.NAMED)
"""Every key under which objects have names."""

LATER: Mapping[str, str] = MappingProxyType(
    {"label": "display", "functions": "flows", "targetName": "target", "naftiko": "ikanos"}
)
"""What the `ikanos` generations call a key of alpha2, wherever it stands."""

LATER_IN_IMPORTS: Mapping[str, str] = MappingProxyType({**LATER, "location": "from"})
"""The same for an entry that imports."""

WITHOUT_EFFECT = frozenset({"binary"})
"""Keys of the `ikanos` generations that describe or tune what is not served: nothing else changes without them."""


def both_ways(words: Mapping[str, str]) -> Mapping[str, str]:
    """Words and what they are called instead, each also the other way round: no two can ever become one."""
    return {**words, **{other: word for word, other in words.items()}}


def is_import(value: Mapping[str, object]) -> bool:
    """Whether an entry of `binds`, `consumes`, `exposes` or `aggregates` stands for one of another file."""
    return "import" in value or "from" in value


def is_named_map(key: str, value: object) -> bool:
    """Whether the value of a named key is the map by name; `items` may also hold one output, which says its `type`."""
    return isinstance(value, dict) and not (key == "items" and isinstance(value.get("type"), str))
