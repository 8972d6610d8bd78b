"""What an orchestration is, once compiled: its steps, what each needs, and what becomes of their results (language §9).

While it runs, its scope is one mapping: the caller's admitted arguments, and the result of each finished step under
`result_key`. Everything that reads from it is a closure made at load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from naftiko_runtime.plan.model.call import Arguments, Call, Origin, Shape, Supply
from naftiko_runtime.scripts.model import Limits, Script

Scope = dict[str, object]
"""The arguments and the results so far."""


def result_key(step: str) -> str:
    """The name under which the result of a step lies beside the arguments."""
    return f"$.{step}"


def is_result(field: str) -> bool:
    """Whether the field of an error is a step's result rather than an input of the caller's."""
    return field.startswith("$.")


@dataclass(frozen=True, slots=True)
class CallStep:
    """A step that calls a consumed operation. `project` makes its result of the decoded answer; None: as it is.

    `uses` are the numbers of the steps whose results are in its request, `needs` of those that must have finished
    before.
    """

    name: str
    call: Call
    project: Callable[[object], object] | None
    uses: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupStep:
    """A step that finds entries of an earlier result. `remark` says what is odd about a search that found nothing;
    `words` is what `explain` shows.
    """

    name: str
    find: Callable[[Arguments], object]
    remark: Callable[[Arguments], str]
    words: str
    uses: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """A step that runs a script. `context` makes what it finds in its global of that name."""

    name: str
    script: Script
    limits: Limits
    context: Callable[[Arguments], dict[str, object]]
    uses: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()


Step = CallStep | LookupStep | ScriptStep
"""One step."""


def _copied(arguments: Arguments) -> Scope:
    return dict(arguments)


@dataclass(frozen=True, slots=True)
class Orchestration:
    """The action of a function made of steps.

    `is_sequence` says that no two calls could be made side by side. `enter` makes the scope of admitted arguments;
    `result` reads the result from the scope of the finished steps. `keeps_status` says that the result is that of the
    last call, whose status it then has. `finish` shapes the result for another function that this one is done for, and
    `spelled` tells how that one's callers spell the inputs. `mapping` is what `explain` shows, and so is `handed`:
    what that one gives for the inputs.
    """

    steps: tuple[Step, ...]
    is_sequence: bool
    result: Callable[[Arguments], object]
    keeps_status: bool
    origin: Origin
    mapping: str
    enter: Callable[[Arguments], Scope] = _copied
    finish: Shape | None = None
    spelled: Mapping[str, str] = field(default_factory=dict)
    handed: tuple[Supply, ...] = ()
