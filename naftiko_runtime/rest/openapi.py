"""What does an OpenAPI 3.1 document say of exposed operations? (C16)

It says what the plan decided: every input with its place, its schema and whether it is required, derived ones too. Two
paths that differ in the names of their placeholders alone are one path to OpenAPI, so later operations take the names
of the first. Pure: routes in, a document out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from naftiko_runtime.asgi.problem import PROBLEM
from naftiko_runtime.plan.model.call import Call, Place
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.function import Input
from naftiko_runtime.plan.model.policy import Access
from naftiko_runtime.rest.security import security_schemes
from naftiko_runtime.rest.template import Literal, Pattern, Segment, parse_template, placeholder_names

_BESIDE_THE_PATH = (Place.QUERY, Place.HEADER, Place.COOKIE)

_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["title", "status", "detail", "code", "requestId"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "The stable code of what went wrong; `naftiko explain CODE` tells."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
        "requestId": {"type": "string"},
    },
}

_FAILURE = {
    "description": "What the runtime refused, as a problem document (RFC 9457); what the upstream refused, as it is.",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Exposed(NamedTuple):
    """One operation at an address of a listener. `path` is the template there; `namespace` that of its adapter, and
    `access` what that asks of callers.
    """

    namespace: str
    path: str
    route: Route
    access: Access | None = None


class About(NamedTuple):
    """What a document says of itself. `server` is the path that its own paths are below, empty for the root."""

    title: str
    version: str
    description: str
    server: str


def openapi(about: About, operations: Sequence[Exposed]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of operations, in their order. Of two with one method and path the first is kept."""
    identifiers = _identifiers(operations)
    paths: dict[str, dict[str, Any]] = {}
    firsts: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
    for exposed, identifier in zip(operations, identifiers, strict=True):
        segments = parse_template(exposed.path)
        own = placeholder_names(segments)
        path, names = firsts.setdefault(_shape(segments), (exposed.path, own))
        described = _operation(exposed, identifier, dict(zip(own, names, strict=True)))
        paths.setdefault(path, {}).setdefault(exposed.route.method.lower(), described)
    info = {"title": about.title, "version": about.version}
    schemes = {name: scheme for item in operations for name, scheme in security_schemes(item.namespace, item.access)}
    components: dict[str, Any] = {"schemas": {"Problem": _PROBLEM_SCHEMA}, "responses": {"Failure": _FAILURE}}
    if schemes:
        components["securitySchemes"] = schemes
    return {
        "openapi": "3.1.0",
        "info": info | ({"description": about.description} if about.description else {}),
        "servers": [{"url": about.server or "/"}],
        "paths": paths,
        "components": components,
    }


def _shape(segments: tuple[Segment, ...]) -> tuple[str, ...]:
    """What makes two templates one: everything but the names of placeholders."""
    shape: list[str] = []
    for segment in segments:
        if isinstance(segment, Literal):
            shape.append(f"={segment.text}")
        else:
            shape.append(segment.expression.pattern if isinstance(segment, Pattern) else "")
    return tuple(shape)


def _identifiers(operations: Iterable[Exposed]) -> list[str]:
    """An `operationId` for each operation: its name, and more of it where several have that name."""
    spellings = [
        (item.route.function.name, f"{item.namespace}.{item.route.function.name}", f"{item.route.method} {item.path}")
        for item in operations
    ]
    counts = [Counter(column) for column in zip(*spellings, strict=True)]
    return [
        next((text for text, count in zip(row, counts, strict=False) if count[text] == 1), row[-1]) for row in spellings
    ]


def _operation(exposed: Exposed, identifier: str, names: Mapping[str, str]) -> dict[str, Any]:
    """An operation object. `names` gives each placeholder of its own template the name it has in the document's."""
    function = exposed.route.function
    described: dict[str, Any] = {"operationId": identifier, "tags": [exposed.namespace]}
    if function.description:
        described["description"] = function.description
    inputs = {item.key: item for item in function.inputs if item.place is Place.PATH}
    parameters = [_path_parameter(name, inputs.get(own)) for own, name in names.items()]
    parameters += [_parameter(item, item.key) for item in function.inputs if item.place in _BESIDE_THE_PATH]
    if parameters:
        described["parameters"] = parameters
    body = _body(function.inputs)
    if body is not None:
        described["requestBody"] = body
    needed = [name for name, _ in security_schemes(exposed.namespace, exposed.access)]
    if needed:
        described["security"] = [{name: [] for name in needed}]
    described["responses"] = {"2XX": _success(exposed.route), "default": {"$ref": "#/components/responses/Failure"}}
    return described


def _path_parameter(name: str, item: Input | None) -> dict[str, Any]:
    if item is None:
        return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    return _parameter(item, name) | {"required": True}


def _parameter(item: Input, name: str) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "in": item.place.value, "schema": _schema(item)}
    if item.required:
        parameter["required"] = True
    if item.description:
        parameter["description"] = item.description
    return parameter


def _schema(item: Input) -> dict[str, Any]:
    return dict(item.schema) | ({"default": item.default} if item.has_default else {})


def _body(inputs: Sequence[Input]) -> dict[str, Any] | None:
    for item in inputs:
        if item.place is Place.DOCUMENT:
            body = {"required": item.required, "content": {"application/json": {"schema": _schema(item)}}}
            return body | ({"description": item.description} if item.description else {})
    fields = [item for item in inputs if item.place is Place.BODY]
    if not fields:
        return None
    schema: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    for item in fields:
        _add_field(schema, (item.key, *item.within), item)
    required = any(item.required for item in fields)
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _add_field(schema: dict[str, Any], names: tuple[str, ...], item: Input) -> None:
    """Describe a field of an object, or one further below it."""
    name, *further = names
    properties = schema.setdefault("properties", {})
    if further:
        _add_field(properties.setdefault(name, {"type": "object"}), tuple(further), item)
    else:
        properties[name] = _field(item)
    if item.required and name not in schema.get("required", ()):
        schema.setdefault("required", []).append(name)


def _field(item: Input) -> dict[str, Any]:
    return _schema(item) | ({"description": item.description} if item.description else {})


def _success(route: Route) -> dict[str, Any]:
    action = route.function.action
    if isinstance(action, Call) and action.shape is None:
        media_type = action.binary.media_type if action.binary else ""
        return {"description": "The upstream's answer as it is.", "content": {media_type or "*/*": {}}}
    schema = route.function.output_schema
    return {"description": "The result.", "content": {"application/json": {"schema": schema or {}}}}
