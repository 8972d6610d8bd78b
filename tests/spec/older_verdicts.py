"""Small files of naftiko 0.5 and 1.0.0-alpha1, and what their official schemas say. The version is left out."""

from __future__ import annotations

from typing import Any

STEPS = [{"type": "call", "name": "s", "call": "a.b"}]
CALLED = {"name": "t", "description": "T.", "call": "a.b"}
STEPPED = {"name": "t", "description": "T.", "steps": STEPS}
MAPPED = [{"type": "string", "mapping": "$.a"}]
FIXED = [{"type": "string", "const": "a"}]
NAMED = [{"name": "a", "type": "string"}]
MESSAGE = {"role": "user", "content": "c"}
REST = {"type": "rest", "port": 1, "namespace": "r"}
LOOKUP = {"type": "lookup", "name": "s", "index": "a", "match": "b", "lookupValue": "$.a"}


def capability(**keys: object) -> dict[str, Any]:
    return {"capability": keys}


def rest(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{**REST, **keys}])


def operation(**keys: object) -> dict[str, Any]:
    return rest(resources=[{"path": "/", "operations": [{"method": "GET", **keys}]}])


def mcp(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{"type": "mcp", "namespace": "m", "tools": [CALLED], **keys}])


def tool(**keys: object) -> dict[str, Any]:
    return mcp(port=1, tools=[keys])


def mcp_resource(**keys: object) -> dict[str, Any]:
    return mcp(port=1, resources=[{"name": "r", "label": "R", "uri": "u", "description": "R.", **keys}])


def prompt(**keys: object) -> dict[str, Any]:
    return mcp(port=1, prompts=[{"name": "p", "label": "P", "description": "P.", **keys}])


def skill(**keys: object) -> dict[str, Any]:
    skills = [{"name": "s", "description": "S.", **keys}]
    return capability(exposes=[{"type": "skill", "port": 1, "namespace": "s", "skills": skills}])


def consumed(**keys: object) -> dict[str, Any]:
    return capability(consumes=[{"namespace": "c", "type": "http", "baseUri": "https://c.example", **keys}])


def called(**keys: object) -> dict[str, Any]:
    return consumed(resources=[{"name": "r", "path": "/", "operations": [{"name": "o", "method": "GET", **keys}]}])


def imported(**keys: object) -> dict[str, Any]:
    return {"consumes": [{"location": "x", "import": "x", **keys}]}


def output(**keys: object) -> dict[str, Any]:
    return tool(**CALLED, outputParameters=[keys])


def stepped(**keys: object) -> dict[str, Any]:
    return tool(name="t", description="T.", steps=[keys])


def external(**keys: object) -> dict[str, Any]:
    return {**consumed(), "externalRefs": [{"name": "e", "keys": {}, **keys}]}


def bound(**keys: object) -> dict[str, Any]:
    return {**consumed(), "binds": [{"namespace": "b", "keys": {}, **keys}]}


FILE = {"type": "environment", "resolution": "file", "uri": "x"}
HOST = {"type": "variables", "resolution": "runtime"}

_ACCEPTED: dict[str, Any] = {
    "a consumes-only capability": consumed(),
    "a file to import": imported(**{"as": "y"}),
    "a REST adapter without resources": rest(),
    "an exposed resource without operations": rest(resources=[{"path": "", "operations": []}]),
    "a port of 65535.0": rest(port=65535.0),
    "an operation with nothing but a method": operation(),
    "an operation with a fixed output": operation(outputParameters=FIXED),
    "an operation with steps, a name and named outputs": operation(name="o", steps=STEPS, outputParameters=NAMED),
    "an operation with steps and mapped outputs": operation(steps=STEPS, outputParameters=MAPPED),
    "a tool with a call": tool(**CALLED),
    "a tool with a call and mapped outputs": tool(**CALLED, outputParameters=MAPPED),
    "a tool with steps and named outputs": tool(**STEPPED, outputParameters=NAMED),
    "a tool with both and mapped outputs": tool(**CALLED, steps=STEPS, outputParameters=MAPPED),
    "a tool with both and named outputs": tool(**CALLED, steps=STEPS, outputParameters=NAMED),
    "a with of text and numbers": tool(**CALLED, **{"with": {"a": "x", "b": 1.5}}),
    "an MCP adapter on stdio": mcp(transport="stdio"),
    "an MCP resource with a location and any outputs": mcp_resource(location="file:///x", outputParameters=[1]),
    "an MCP resource with both and named outputs": mcp_resource(call="a.b", steps=STEPS, outputParameters=NAMED),
    "a prompt with a template": prompt(template=[MESSAGE]),
    "a skill without tools": skill(),
    "a scalar output with a const of another type": output(type="number", const="x"),
    "an object output with mapping and const": output(type="object", mapping="$", const=1, properties={}),
    "an apikey without a key": consumed(authentication={"type": "apikey"}),
    "a raw body": called(body="x"),
    "a mapping to a name with a star": tool(**STEPPED, mappings=[{"targetName": "a_b*", "value": "x"}]),
}

_REFUSED: dict[str, Any] = {
    "neither capability nor consumes": {"info": {"label": "", "description": ""}},
    "both capability and consumes": {**consumed(), **imported()},
    "an extension key": {**consumed(), "x-note": 1},
    "an import with a description": imported(description="x"),
    "aggregates": {"capability": {**consumed()["capability"], "aggregates": []}},
    "a control adapter": capability(exposes=[{"type": "control", "port": 1}]),
    "a description on a REST adapter": rest(description="x"),
    "a port of 0": rest(port=0),
    "an address with a space": rest(address="a b"),
    "a method in small letters": operation(method="get"),
    "an operation with a ref": operation(ref="a.b"),
    "an operation with steps, named outputs and no name": operation(steps=STEPS, outputParameters=NAMED),
    "an operation with named outputs and no steps": operation(name="o", outputParameters=NAMED),
    "an operation with a value for an output": operation(outputParameters=[{"type": "string", "value": "x"}]),
    "a tool that does nothing": tool(name="t", description="T."),
    "a tool that only refers": tool(ref="a.b"),
    "a tool with hints": tool(**CALLED, hints={}),
    "a tool without a description": tool(name="t", call="a.b"),
    "a tool with mock outputs": tool(**CALLED, outputParameters=[{"name": "a", "type": "string", "value": "x"}]),
    "a tool with both and outputs of two kinds": tool(**CALLED, steps=STEPS, outputParameters=NAMED + MAPPED),
    "a with that holds a boolean": tool(**CALLED, **{"with": {"a": True}}),
    "an MCP adapter with authentication": mcp(port=1, authentication={"type": "bearer"}),
    "an MCP adapter without a port": mcp(),
    "an MCP adapter on stdio with a port": mcp(transport="stdio", port=1),
    "an MCP resource with both and no outputs": mcp_resource(call="a.b", steps=STEPS),
    "an MCP resource with a location and a call": mcp_resource(call="a.b", location="file:///x"),
    "an MCP resource with a location and steps": mcp_resource(steps=STEPS, location="file:///x"),
    "an MCP resource of nothing": mcp_resource(),
    "a prompt of nothing": prompt(),
    "a prompt with a template and a location": prompt(template=[MESSAGE], location="file:///x"),
    "a skill of 1025 letters": skill(description="x" * 1025),
    "a skill with an empty list of tools": skill(tools=[]),
    "a skill tool of nothing": skill(tools=[{"name": "t", "description": "T."}]),
    "a scalar output with mapping and const": output(type="string", mapping="$", const="x"),
    "a scalar output without either": output(type="string"),
    "an object output without properties": output(type="object", mapping="$."),
    "an integer output": output(type="integer", mapping="$"),
    "a script step": stepped(type="script", name="s", file="x.py"),
    "a lookup step without outputs": stepped(**LOOKUP, outputParameters=[]),
    "a mapping to a name with a dot": tool(**STEPPED, mappings=[{"targetName": "a.b", "value": "x"}]),
    "an oauth2": consumed(authentication={"type": "oauth2", "authorizationServerUri": "x", "resource": "x"}),
    "an output schema": called(outputSchema="x"),
    "an answer in Markdown": called(outputRawFormat="markdown"),
    "a consumed input with a type": called(inputParameters=[{"name": "a", "in": "query", "type": "string"}]),
    "a JSON body that is a number": called(body={"type": "json", "data": 1}),
    "a base address with a placeholder in its path": consumed(baseUri="https://c/{v}"),
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "naftiko-0.5": {
        **_ACCEPTED,
        "an external reference to a file": external(**FILE),
        "an external reference to the host": external(**HOST, description="D."),
        "external keys in small letters": external(**HOST, keys={"a-b": "c", "d*": "e_f"}),
        "an array output of two shapes": output(type="array", items=[*MAPPED, {"type": "object", "properties": {}}]),
    },
    "naftiko-1.0.0-alpha1": {
        **_ACCEPTED,
        "a bind without a location": bound(),
        "a bind with a location": bound(location="vault://x", description="D."),
        "a bind of the capability": {"capability": {**consumed()["capability"], "binds": bound()["binds"]}},
        "an array output of one shape": output(type="array", items=MAPPED[0]),
    },
}
"""What each schema accepts."""

REFUSED: dict[str, dict[str, Any]] = {
    "naftiko-0.5": {
        **_REFUSED,
        "binds": bound(),
        "no external reference": {**consumed(), "externalRefs": []},
        "an external reference of no type": external(resolution="runtime"),
        "an external reference of another type": external(type="vault", resolution="runtime"),
        "an external reference to a file at run time": external(**{**FILE, "resolution": "runtime"}),
        "an external reference to a file without a uri": external(type="environment", resolution="file"),
        "an external reference to the host with a uri": external(**HOST, uri="x"),
        "external keys with a dot": external(**HOST, keys={"a.b": "c"}),
        "an array output of one shape": output(type="array", items=MAPPED[0]),
        "an array output of no shape": output(type="array", items=[]),
    },
    "naftiko-1.0.0-alpha1": {
        **_REFUSED,
        "external references": external(**HOST),
        "a bind key in small letters": bound(keys={"a": "A"}),
        "a bind value with a dot": bound(keys={"A": "a.b"}),
        "a bind location without a scheme": bound(location="x"),
        "no bind": {**consumed(), "binds": []},
        "an array output of two shapes": output(type="array", items=MAPPED * 2),
    },
}
"""What each schema refuses."""
