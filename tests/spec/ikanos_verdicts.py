"""Small files of ikanos 1.0.0-beta5, with what its official schema says of them. The version is left out."""

from __future__ import annotations

from typing import Any

STEPS = {"s": {"type": "call", "call": "a.b"}}
CALLED = {"description": "T.", "call": "a.b"}
STEPPED = {"description": "T.", "steps": STEPS}
MAPPED = [{"type": "string", "mapping": "$.a"}]
NAMED = {"a": {"type": "string"}}
MOCK = {"a": {"type": "string", "value": "x"}}
IMPORT = {"from": "x", "import": "x"}
MESSAGE = {"role": "user", "content": "c"}
REST = {"type": "rest", "port": 1, "namespace": "r"}
API = {"namespace": "c", "type": "http", "baseUri": "https://c.example"}
INPUT = {"type": "string", "description": "D."}


def capability(**keys: object) -> dict[str, Any]:
    return {"capability": keys}


def rest(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{**REST, **keys}])


def resource(**keys: object) -> dict[str, Any]:
    return rest(resources={"r": {"path": "/", **keys}})


def operation(**keys: object) -> dict[str, Any]:
    return resource(operations={"o": {"method": "GET", **keys}})


def mcp(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{"type": "mcp", "namespace": "m", "tools": {"t": {"ref": "a.b"}}, **keys}])


def tool(**keys: object) -> dict[str, Any]:
    return mcp(port=1, tools={"t": keys})


def flow(**keys: object) -> dict[str, Any]:
    return capability(exposes=[REST], aggregates=[{"display": "A", "flows": {"f": keys}}])


def mcp_resource(**keys: object) -> dict[str, Any]:
    return mcp(port=1, resources={"r": {"display": "R", "uri": "u", "description": "R.", **keys}})


def prompt(**keys: object) -> dict[str, Any]:
    return mcp(port=1, prompts={"p": {"display": "P", "description": "P.", **keys}})


def skill(**keys: object) -> dict[str, Any]:
    skills = {"s": {"description": "S.", **keys}}
    return capability(exposes=[{"type": "skill", "port": 1, "namespace": "s", "skills": skills}])


def consumed(**keys: object) -> dict[str, Any]:
    return capability(consumes=[{**API, **keys}])


def called(**keys: object) -> dict[str, Any]:
    return consumed(resources={"r": {"path": "/", "operations": {"o": {"method": "GET", **keys}}}})


def output(**keys: object) -> dict[str, Any]:
    return tool(**CALLED, outputParameters=[keys])


def tunnelled(**keys: object) -> dict[str, Any]:
    return consumed(tunnel={"type": "ziti", "service": "s", "identity": "i", **keys})


ACCEPTED: dict[str, Any] = {
    "a consumes-only capability": consumed(),
    "a file of consumes": {"consumes": [IMPORT, API]},
    "a file of exposes": {"exposes": [{**IMPORT, "as": "y", "description": "D."}, REST]},
    "a file of aggregates": {"aggregates": [IMPORT, {"display": "A", "flows": {"f": CALLED}}]},
    "a file of binds": {"binds": [IMPORT, {"namespace": "b", "keys": {}}]},
    "a capability beside all else": {**consumed(), "consumes": [API], "exposes": [REST], "binds": [IMPORT]},
    "an info with a version": {**consumed(), "info": {"display": "", "description": "", "version": "1"}},
    "a REST adapter without resources": rest(),
    "a resource that forwards": resource(forward={"targetNamespace": "c"}),
    "an operation with nothing but a method": operation(),
    "an operation with steps and named outputs": operation(steps=STEPS, outputParameters=NAMED),
    "an operation with steps and mapped outputs": operation(steps=STEPS, outputParameters=MAPPED),
    "an operation with outputs that nobody looks at": operation(outputParameters={"a": 1}),
    "an operation with a ref and any outputs": operation(ref="a.b", outputParameters=[1]),
    "an operation with responses": operation(responses={"200": {"content": {"a/b": {"binary": True}}}, "4XX": {}}),
    "an operation with a binary response": operation(responseBinary={"mediaType": "a/b", "status": 599}),
    "a tool with a call and mapped outputs": tool(**CALLED, outputParameters=MAPPED),
    "a tool with a call and mock outputs": tool(**CALLED, outputParameters=MOCK),
    "a tool with steps and named outputs": tool(**STEPPED, outputParameters=NAMED),
    "a tool with steps and an empty map of outputs": tool(**STEPPED, outputParameters={}),
    "a tool with steps and mock outputs": tool(**STEPPED, outputParameters=MOCK),
    "a tool with both and mapped outputs": tool(**CALLED, steps=STEPS, outputParameters=MAPPED),
    "a tool with both and named outputs": tool(**CALLED, steps=STEPS, outputParameters=NAMED),
    "a tool with only mock outputs": tool(description="T.", outputParameters=MOCK),
    "a tool with a ref and outputs of no shape": tool(ref="a.b", outputParameters=1),
    "a tool input with an underscore": tool(**CALLED, inputParameters={"a_b*": INPUT}),
    "a flow with tags": flow(**CALLED, tags=["a"], outputMediaType="x"),
    "an MCP adapter on stdio": mcp(transport="stdio"),
    "an MCP adapter with a negative ttlMs": mcp(port=1, ttlMs=-1),
    "an MCP resource with both and an empty map": mcp_resource(call="a.b", steps=STEPS, outputParameters={}),
    "an MCP resource with a location and any outputs": mcp_resource(location="file:///x", outputParameters=[1]),
    "a prompt with a template and no argument": prompt(template=[MESSAGE], arguments={}),
    "a skill without tools": skill(),
    "a scalar output with mapping and const": output(type="number", mapping="$", const=[]),
    "a tunnel": tunnelled(),
    "a consumed output of any name": called(outputParameters={"a b": {"type": "string", "value": "$"}}),
    "a binary answer": called(outputRawFormat="binary", maxBinarySize="0.5GiB", outputMediaType="x"),
}
"""What the schema accepts."""

REFUSED: dict[str, Any] = {
    "nothing to run or import": {"info": {"display": "", "description": ""}},
    "a file of consumes and binds": {"consumes": [API], "binds": [IMPORT]},
    "an extension key": {**consumed(), "x-note": 1},
    "an info with a label": {**consumed(), "info": {"label": "", "description": ""}},
    "a capability of aggregates": capability(aggregates=[IMPORT]),
    "an import by location": {"consumes": [{"location": "x", "import": "x"}]},
    "an import that names nothing": {"consumes": [{"from": "x"}]},
    "an import with a type": {"exposes": [{**IMPORT, "type": "rest"}]},
    "an import of a name with an underscore": {"binds": [{"from": "x", "import": "a_b"}]},
    "an empty list of exposes": {"exposes": []},
    "a list of resources": rest(resources=[{"path": "/", "operations": {"o": {"method": "GET"}}}]),
    "an empty map of resources": rest(resources={}),
    "a resource named with an underscore": rest(
        resources={"a_b": {"path": "/", "operations": {"o": {"method": "GET"}}}}
    ),
    "a resource with an empty map of operations": resource(operations={}),
    "a resource that does nothing": resource(),
    "an operation with a name": operation(name="o"),
    "an operation with a list of named outputs": operation(
        steps=STEPS, outputParameters=[{"name": "a", "type": "string"}]
    ),
    "an operation with responses of both kinds": operation(responses={}, responseBinary={"mediaType": "a/b"}),
    "an operation with a status of 600": operation(responses={"600": {}}),
    "an operation with no content": operation(responses={"200": {"content": {}}}),
    "an operation with content of no media type": operation(responses={"200": {"content": {"a": {}}}}),
    "a binary response without a media type": operation(responseBinary={"status": 200}),
    "a tool that does nothing": tool(description="T."),
    "a tool without a description": tool(call="a.b"),
    "a tool with a call and named outputs": tool(**CALLED, outputParameters=NAMED),
    "a tool with a call and an empty map of outputs": tool(**CALLED, outputParameters={}),
    "a tool with steps and mapped outputs": tool(**STEPPED, outputParameters=MAPPED),
    "a tool with steps and outputs of two kinds": tool(**STEPPED, outputParameters={**NAMED, "b": MOCK["a"]}),
    "a tool with outputs of no shape": tool(**CALLED, outputParameters=1),
    "a tool named with an underscore": mcp(port=1, tools={"a_b": CALLED}),
    "a list of tools": mcp(port=1, tools=[{"ref": "a.b"}]),
    "an empty map of tools": mcp(port=1, tools={}),
    "a list of steps": tool(description="T.", steps=[{"type": "call", "name": "s", "call": "a.b"}]),
    "a step with a name": tool(description="T.", steps={"s": {"type": "call", "name": "s", "call": "a.b"}}),
    "a step named with an underscore": tool(description="T.", steps={"a_b": STEPS["s"]}),
    "a mapping to a targetName": tool(**STEPPED, mappings=[{"targetName": "a", "value": "x"}]),
    "a flow without a description": flow(call="a.b"),
    "an aggregate of functions": capability(exposes=[REST], aggregates=[{"display": "A", "functions": []}]),
    "an MCP adapter without a port": mcp(),
    "an MCP adapter on stdio with a port": mcp(transport="stdio", port=1),
    "a cache of another scope": mcp(port=1, cacheScope="shared"),
    "an MCP resource with both and no outputs": mcp_resource(call="a.b", steps=STEPS),
    "an MCP resource with steps and mapped outputs": mcp_resource(steps=STEPS, outputParameters=MAPPED),
    "an MCP resource with a location and a call": mcp_resource(call="a.b", location="file:///x"),
    "an MCP resource with a location and steps": mcp_resource(steps=STEPS, location="file:///x"),
    "an MCP resource with a location and outputs that are text": mcp_resource(
        location="file:///x", outputParameters="x"
    ),
    "an MCP resource named with an underscore": mcp(port=1, resources={"a_b": {}}),
    "a prompt of nothing": prompt(),
    "a skill of 1025 letters": skill(description="x" * 1025),
    "a skill with an empty map of tools": skill(tools={}),
    "a skill tool of nothing": skill(tools={"t": {"description": "T."}}),
    "a scalar output with mapping and value": output(type="string", mapping="$", value="x"),
    "an object output without properties": output(type="object", mapping="$."),
    "a tunnel of another type": tunnelled(type="ssh"),
    "a tunnel with another fallback": tunnelled(fallback="retry"),
    "a list of consumed inputs": consumed(inputParameters=[{"name": "a", "in": "query"}]),
    "a consumed input named with a dot": called(inputParameters={"a.b": {"in": "query"}}),
    "a consumed operation with steps": called(steps=STEPS),
    "a size without a unit": called(maxBinarySize="10"),
    "a size in megabytes": called(maxBinarySize="10MB"),
}
"""What the schema refuses."""
