"""Plans written by hand: functions that answer without an upstream, and the faces that expose them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.model.call import Arguments, Call, Origin, Place, Shape, Target, UpstreamRequest
from naftiko_runtime.plan.model.face import RestFace, Route
from naftiko_runtime.plan.model.function import Action, Function, Input, Mock

ORIGIN = Origin("by-hand.yaml", 1, 1)


def input_at(
    place: Place, name: str, *, key: str | None = None, schema: Mapping[str, Any] | None = None, required: bool = False
) -> Input:
    return Input(name, schema or {"type": "string"}, required, "", place, key or name)


def admission(inputs: tuple[Input, ...]) -> Callable[[Arguments], dict[str, object]]:
    """Takes what is there and reads integers; names every required input that isn't there."""

    def admit(arguments: Arguments) -> dict[str, object]:
        problems = [
            FieldError(item.name, "is required") for item in inputs if item.required and item.name not in arguments
        ]
        admitted = dict(arguments)
        for item in inputs:
            value = admitted.get(item.name)
            if item.schema.get("type") == "integer" and isinstance(value, str):
                if value.isdecimal():
                    admitted[item.name] = int(value)
                else:
                    problems.append(FieldError(item.name, "is not an integer"))
        if problems:
            raise ArgumentError(problems)
        return admitted

    return admit


def function_of(name: str, action: Action, *inputs: Input) -> Function:
    return Function(
        name=name,
        capability="by-hand",
        namespace="hand",
        description="",
        origin=ORIGIN,
        inputs=inputs,
        input_schema={"type": "object"},
        output_schema=None,
        admit=admission(inputs),
        action=action,
    )


def echo_function(name: str, *inputs: Input) -> Function:
    """Answers with its own name and the arguments it was given."""
    return function_of(name, Mock(lambda arguments: {"function": name, "arguments": dict(arguments)}), *inputs)


def face_of(*routes: Route, namespace: str = "hand") -> RestFace:
    return RestFace(namespace, "127.0.0.1", None, "", routes)


def calling_function(name: str, address: str, *inputs: Input, shape: Shape | None = None) -> Function:
    """Calls `GET {address}/{name}`; without a shape the answer passes as it comes."""
    target = Target("up", "things", name, "GET", f"/{name}", ORIGIN)
    request = UpstreamRequest("GET", f"{address}/{name}", (), None, f"/{name}")
    return function_of(name, Call(target, lambda _arguments: request, "json", shape, identity=False), *inputs)
