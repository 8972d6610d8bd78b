"""What a compiled capability can do: its functions, and what each of them does when it is invoked.

Everything that can be decided from the text and the bound variables is decided here, once. All values are frozen and
may be shared between requests, faces and event loops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from naftiko_runtime.plan.model.call import Arguments, Call, Origin, Place
from naftiko_runtime.plan.model.forward import Forward
from naftiko_runtime.plan.model.steps import Orchestration

MOST_UNKNOWN = 20
"""How many arguments that are no inputs a refusal names: a caller may send any number of them, and naming one costs far
more than sending it.
"""


@dataclass(frozen=True, slots=True)
class Input:
    """One argument a caller may give a function.

    `schema` is its JSON Schema 2020-12 (`{}` for any value). `place` and `key` say where a REST face reads it: the
    placeholder of the exposed path, the query key, the header name (lower case), the body's field. `spelled` are the
    places of the upstream request where it stands as it is: what can't be spelled there is refused with the others.
    `within` are the names below the body's field `key` that lead to it; none where it is that field.
    """

    name: str
    schema: Mapping[str, Any]
    required: bool
    description: str
    place: Place
    key: str
    default: object = None
    has_default: bool = False
    spelled: tuple[Place, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mock:
    """The action of a function that answers from static values; `answer` gets the admitted arguments."""

    answer: Callable[[Arguments], object]


@dataclass(frozen=True, slots=True)
class Refused:
    """The action of a function that was left out of a partly served file (C6b): the code of the diagnostic that says
    why, its message and its place.
    """

    code: str
    message: str
    place: str


Action = Call | Mock | Orchestration | Refused | Forward
"""What a function does when it is invoked."""


@dataclass(frozen=True, slots=True)
class Function:
    """The transport-neutral unit. A REST operation, an MCP tool and a CLI call are faces of a function.

    `admit` checks raw arguments and coerces them without loss (`"5"` → 5); it raises `ArgumentError` naming every
    field. `input_schema` is a complete JSON Schema object, `output_schema` is present where the outputs are typed.
    """

    name: str
    capability: str
    namespace: str
    description: str
    origin: Origin
    inputs: tuple[Input, ...]
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any] | None
    admit: Callable[[Arguments], dict[str, object]]
    action: Action

    @property
    def qualified_name(self) -> str:
        """`namespace.name`, the name logs, `naftiko call` and the library use."""
        return f"{self.namespace}.{self.name}"
