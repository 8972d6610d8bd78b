"""What do tools and operations take over from the aggregate functions they refer to? (language §8)

A function is written once and shown by many: a tool or an operation with `ref` has the function's name and description
unless it writes its own, and a tool has the hints that the function's semantics mean. What the function does, and with
which inputs, is not copied: the plan refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from naftiko_runtime.spec.model.binary import read_size
from naftiko_runtime.spec.model.capability import Aggregate, AggregateFunction, ExposedOperation, Mcp, Rest, Spec, Tool
from naftiko_runtime.spec.model.exposes import read_behaviour
from naftiko_runtime.spec.model.fields import Fields


def read_aggregate(fields: Fields) -> Aggregate:
    """One entry of `aggregates`."""
    return Aggregate(
        namespace=fields.text("namespace"),
        label=fields.text("label"),
        functions=tuple(_read_function(function) for function in fields.items("functions")),
        at=fields.at,
    )


def _read_function(fields: Fields) -> AggregateFunction:
    return AggregateFunction(
        name=fields.text("name"),
        description=fields.text("description"),
        semantics=fields.booleans("semantics"),
        # A function refers to no other one; the schema check tells of a `ref` here.
        behaviour=replace(read_behaviour(fields, (), read_size(fields)), ref=None),
        at=fields.at,
    )


def inherit(spec: Spec) -> Spec:
    """The same file, in which what refers to a function has what it takes over from it."""
    functions: dict[str, AggregateFunction] = {}
    for aggregate in spec.aggregates:
        for function in aggregate.functions:
            functions.setdefault(f"{aggregate.namespace}.{function.name}", function)
    if not functions:
        return spec
    return replace(
        spec,
        rest=tuple(_inherit_rest(adapter, functions) for adapter in spec.rest),
        mcp=tuple(_inherit_mcp(adapter, functions) for adapter in spec.mcp),
    )


def _inherit_rest(adapter: Rest, functions: Mapping[str, AggregateFunction]) -> Rest:
    return replace(adapter, operations=tuple(_inherit_operation(item, functions) for item in adapter.operations))


def _inherit_operation(operation: ExposedOperation, functions: Mapping[str, AggregateFunction]) -> ExposedOperation:
    function = functions.get(operation.behaviour.ref or "")
    if function is None:
        return operation
    is_named = operation.name != f"{operation.method} {operation.path}"
    return replace(
        operation,
        name=operation.name if is_named else function.name,
        description=operation.description or function.description,
    )


def _inherit_mcp(adapter: Mcp, functions: Mapping[str, AggregateFunction]) -> Mcp:
    return replace(adapter, tools=tuple(_inherit_tool(item, functions) for item in adapter.tools))


def _inherit_tool(tool: Tool, functions: Mapping[str, AggregateFunction]) -> Tool:
    function = functions.get(tool.behaviour.ref or "")
    if function is None:
        return tool
    return replace(
        tool,
        name=tool.name or function.name,
        description=tool.description or function.description,
        hints={**hints_of(function.semantics), **tool.hints},
    )


def hints_of(semantics: Mapping[str, bool]) -> dict[str, bool]:
    """The hints that semantics mean: what is safe only reads and so destroys nothing; what is not safe may do either.

    Nothing is said of what the semantics leave open, and nothing in them says whether the world is open.
    """
    hints: dict[str, bool] = {}
    if "safe" in semantics:
        hints["readOnly"] = semantics["safe"]
    if semantics.get("safe"):
        hints["destructive"] = False
    if "idempotent" in semantics:
        hints["idempotent"] = semantics["idempotent"]
    return hints
