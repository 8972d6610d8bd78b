"""What is the result of a step that calls? The answer, or what the consumed operation declares of it (language §9.2).

Declared outputs make an object of an answer that is one; the elements of a list keep what they have and get the
declared outputs beside it. Where an operation declares none, its answer is the result as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from naftiko_runtime.plan.model.call import Shape
from naftiko_runtime.plan.outputs.shape import compile_members, compile_shape
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.spec.model.capability import OutputParameter

Project = Callable[[object], object]


def compile_projection(outputs: Sequence[OutputParameter], variables: Variables, findings: Findings) -> Project | None:
    """The projection that the outputs of a consumed operation mean; None: the answer as it is."""
    named = [output for output in outputs if output.name]
    if named:
        return _project(compile_members(named, variables, findings))
    shape = compile_shape(outputs[:1], (), variables, findings)
    return None if shape is None else lambda payload: shape(payload, {})


def projected_fields(outputs: Sequence[OutputParameter]) -> tuple[str, ...] | None:
    """The names that a result can have; None where that can't be told."""
    return tuple(output.name for output in outputs if output.name) or None


def _project(members: Shape) -> Project:
    def project(payload: object) -> object:
        if not isinstance(payload, list):
            return members(payload, {})
        return [
            {**element, **members(element, {})} if isinstance(element, dict) else members(element, {})
            for element in payload
        ]

    return project
