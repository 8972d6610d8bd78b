"""Reading `exposes`: the adapters and what they offer."""

from __future__ import annotations

from collections.abc import Iterator

from naftiko_runtime.spec.model.authentication import read_authentication
from naftiko_runtime.spec.model.binary import read_exposed_binary, read_size
from naftiko_runtime.spec.model.capability import (
    Behaviour,
    Binary,
    ExposedOperation,
    Forward,
    InputParameter,
    Mcp,
    Rest,
    Tool,
)
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.model.parameters import inner_wins, read_input_schema, read_inputs, read_outputs
from naftiko_runtime.spec.model.prompts import read_prompt
from naftiko_runtime.spec.model.resources import read_resource
from naftiko_runtime.spec.model.steps import read_mappings, read_steps


def read_rest(fields: Fields) -> Rest:
    """A REST adapter."""
    if "description" in fields:
        fields.note("`description` on a REST adapter", "description")
    inputs = read_inputs(fields, consumed=False)
    size = read_size(fields)
    resources = tuple(fields.items("resources"))
    return Rest(
        namespace=fields.text("namespace"),
        address=fields.optional_text("address"),
        port=fields.integer("port"),
        description=fields.text("description"),
        authentication=read_authentication(fields),
        operations=tuple(operation for resource in resources for operation in _read_resource(resource, inputs, size)),
        forwards=tuple(_read_forward(resource) for resource in resources if "forward" in resource),
        at=fields.at,
    )


def _read_resource(resource: Fields, inherited: tuple[InputParameter, ...], size: Binary) -> Iterator[ExposedOperation]:
    inherited = inner_wins(inherited, read_inputs(resource, consumed=False))
    for fields in resource.items("operations"):
        method = fields.text("method").upper() or "GET"
        path = resource.text("path")
        yield ExposedOperation(
            name=fields.text("name") or f"{method} {path}",
            method=method,
            path=path,
            resource=resource.text("name"),
            description=fields.text("description"),
            behaviour=read_behaviour(fields, inherited, size),
            at=fields.at,
            path_at=(*resource.at, "path"),
        )


def _read_forward(resource: Fields) -> Forward:
    forward = resource.mapping("forward")
    trusted = forward.values.get("trustedHeaders")
    return Forward(
        name=resource.text("name"),
        path=resource.text("path"),
        description=resource.text("description"),
        target=forward.text("targetNamespace"),
        trusted=tuple(str(name) for name in trusted) if isinstance(trusted, list) else (),
        at=resource.at,
        path_at=(*resource.at, "path"),
    )


def read_mcp(fields: Fields) -> Mcp:
    """An MCP adapter."""
    size = read_size(fields)
    return Mcp(
        namespace=fields.text("namespace"),
        address=fields.optional_text("address"),
        port=fields.integer("port"),
        transport=fields.text("transport") or "http",
        description=fields.text("description"),
        authentication=read_authentication(fields),
        tools=tuple(_read_tool(tool, size) for tool in fields.items("tools")),
        resources=tuple(read_resource(item, read_behaviour(item, (), size)) for item in fields.items("resources")),
        prompts=tuple(read_prompt(item) for item in fields.items("prompts")),
        ttl=fields.integer("ttlMs"),
        cache_scope=fields.optional_text("cacheScope"),
        at=fields.at,
    )


def _read_tool(fields: Fields, size: Binary) -> Tool:
    return Tool(
        name=fields.text("name"),
        label=fields.text("label"),
        description=fields.text("description"),
        hints=fields.booleans("hints"),
        behaviour=read_behaviour(fields, read_input_schema(fields), size),
        at=fields.at,
    )


def read_behaviour(fields: Fields, inherited: tuple[InputParameter, ...], size: Binary) -> Behaviour:
    """What an operation, a tool or a function does; `inherited` are the inputs of outer levels, `size` is what its
    adapter says of bytes.
    """
    steps = read_steps(fields)
    return Behaviour(
        call=fields.optional_text("call"),
        ref=fields.optional_text("ref"),
        steps=steps,
        mappings=read_mappings(fields),
        with_values=tuple(fields.mapping("with").values.items()),
        inputs=inner_wins(inherited, read_inputs(fields, consumed=False)),
        outputs=read_outputs(fields, orchestrated=bool(steps)),
        binary=read_exposed_binary(fields, size),
        at=fields.at,
    )
