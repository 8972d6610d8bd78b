from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator as ReferenceValidator
from jsonschema_rs import Draft202012Validator

from naftiko_runtime.data import data_path
from naftiko_runtime.spec.schema.check import check_official, check_runtime
from tests.spec.mutations import mutants
from tests.spec.published import SHARED, public_documents
from tests.spec.whole_language import whole_language

PUBLISHED = SHARED / "reference" / "naftiko-schema-1.0.0-alpha2.json"

needs_published = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="needs the published schema, which is not part of the project"
)


@cache
def ours() -> Draft202012Validator:
    return Draft202012Validator(json.loads(data_path("schemas", "naftiko-1.0.0-alpha2.json").read_text("utf-8")))


@cache
def published() -> Draft202012Validator:
    return Draft202012Validator(json.loads(PUBLISHED.read_text("utf-8")))


CALLED = {"name": "t", "description": "T.", "call": "a.b"}
STEPPED = {"name": "t", "description": "T.", "steps": [{"type": "call", "name": "s", "call": "a.b"}]}
BOTH = {**CALLED, **STEPPED}
BARE = {"name": "t", "description": "T."}
MAPPED = [{"type": "string", "mapping": "$.a"}]
NAMED = [{"name": "a", "type": "string"}]
MOCK = [{"name": "a", "type": "string", "value": "x"}]


def capability(**keys: object) -> dict[str, Any]:
    return {"naftiko": "1.0.0-alpha2", "capability": keys}


def tool(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{"type": "mcp", "port": 1, "namespace": "m", "tools": [keys]}])


def function(**keys: object) -> dict[str, Any]:
    return capability(exposes=REST, aggregates=[{"label": "L", "namespace": "g", "functions": [keys]}])


def operation(**keys: object) -> dict[str, Any]:
    resource = {"path": "/", "operations": [{"method": "GET", **keys}]}
    return capability(exposes=[{"type": "rest", "port": 1, "namespace": "r", "resources": [resource]}])


def mcp(**keys: object) -> dict[str, Any]:
    return capability(exposes=[{"type": "mcp", "namespace": "m", "tools": [{"ref": "a.b"}], **keys}])


def mcp_resource(**keys: object) -> dict[str, Any]:
    return mcp(port=1, resources=[{"name": "r", "label": "R", "uri": "u", "description": "R.", **keys}])


def prompt(**keys: object) -> dict[str, Any]:
    return mcp(port=1, prompts=[{"name": "p", "label": "P", "description": "P.", **keys}])


def consumed(**keys: object) -> dict[str, Any]:
    return capability(consumes=[{"namespace": "c", "type": "http", "baseUri": "https://c.example", **keys}])


def called(**keys: object) -> dict[str, Any]:
    return consumed(resources=[{"name": "r", "path": "/", "operations": [{"name": "o", "method": "GET", **keys}]}])


def output(**keys: object) -> dict[str, Any]:
    return tool(**CALLED, outputParameters=[keys])


def stepped(**keys: object) -> dict[str, Any]:
    return tool(**BARE, steps=[keys])


def skill_tool(**keys: object) -> dict[str, Any]:
    tools = [{"name": "t", "description": "T.", **keys}]
    skill = {"name": "s", "description": "S.", "tools": tools}
    return capability(exposes=[{"type": "skill", "port": 1, "namespace": "s", "skills": [skill]}])


REST = [{"type": "rest", "port": 1, "namespace": "r"}]
LOOKUP = {"name": "s", "index": "a", "match": "b", "lookupValue": "$.a"}
MESSAGE = {"role": "user", "content": "c"}

ACCEPTED: dict[str, dict[str, Any]] = {
    "a consumes-only capability": consumed(),
    "a REST adapter without resources": capability(exposes=REST),
    "an exposed resource without operations": capability(
        exposes=[{**REST[0], "resources": [{"path": "", "operations": []}]}]
    ),
    "a port of 65535.0": capability(exposes=[{**REST[0], "port": 65535.0}]),
    "an address that is an IPv6 one": capability(exposes=[{**REST[0], "address": "fe80::1"}]),
    "an address that looks like IPv4 and is none": capability(exposes=[{**REST[0], "address": "256.1.1.1"}]),
    "an operation with nothing but a method": operation(),
    "an operation with a ref and any outputs": operation(ref="a.b", outputParameters=[1, "x"]),
    "an operation with steps, a name and named outputs": operation(
        name="o", steps=STEPPED["steps"], outputParameters=NAMED
    ),
    "an operation with steps and mapped outputs": operation(steps=STEPPED["steps"], outputParameters=MAPPED),
    "an operation with steps and empty outputs": operation(steps=STEPPED["steps"], outputParameters=[]),
    "an operation with a fixed output": operation(outputParameters=[{"type": "string", "value": "x"}]),
    "a tool with a call": tool(**CALLED),
    "a tool with a call and mapped outputs": tool(**CALLED, outputParameters=MAPPED),
    "a tool with a call and mock outputs": tool(**CALLED, outputParameters=MOCK),
    "a tool with steps and mock outputs": tool(**STEPPED, outputParameters=MOCK),
    "a tool with both and mapped outputs": tool(**BOTH, outputParameters=MAPPED),
    "a tool with both and named outputs": tool(**BOTH, outputParameters=NAMED),
    "a tool with only mock outputs": tool(**BARE, outputParameters=MOCK),
    "a tool with only a ref": tool(ref="a.b"),
    "a tool with a ref and outputs of no shape": tool(ref="a.b", outputParameters=[None]),
    "a with of text and numbers": tool(**CALLED, **{"with": {"a": "x", "b": 1.5}}),
    "a function with steps": function(**STEPPED, outputParameters=NAMED),
    "an MCP adapter on stdio": mcp(transport="stdio"),
    "an MCP adapter on http": mcp(transport="http", port=1),
    "an MCP resource with a location and any outputs": mcp_resource(location="file:///x", outputParameters=[1]),
    "an MCP resource with both and mapped outputs": mcp_resource(
        call="a.b", steps=STEPPED["steps"], outputParameters=MAPPED
    ),
    "a media type with parameters": mcp_resource(call="a.b", mimeType='a/b; c=d ;e="f g"'),
    "a prompt with a template": prompt(template=[MESSAGE]),
    "a skill tool with an instruction": skill_tool(instruction="i"),
    "a scalar output with mapping and const": output(type="number", mapping="$", const=[{}]),
    "an object output with mapping and value": output(type="object", mapping="$", value="x", properties={}),
    "an array output of arrays": output(
        type="array", items={"type": "array", "items": {"type": "string", "value": ""}}
    ),
    "a base address with a placeholder in its host": consumed(baseUri="https://{tenant}"),
    "a base address with a slash at its end": consumed(baseUri="http://c/"),
    "an import": capability(consumes=[{"location": "", "import": "x", "as": "y"}]),
    "a JSON body that is a list": called(body={"type": "json", "data": []}),
    "an empty raw body": called(body=""),
    "a bearer without a token": consumed(authentication={"type": "bearer"}),
    "an input named with a star": called(inputParameters=[{"name": "a_b*", "in": "environment"}]),
}

REFUSED: dict[str, Any] = {
    "a list": [],
    "nothing": None,
    "a text": "naftiko",
    "another version": {**consumed(), "naftiko": "1.0.0-alpha1"},
    "no version": {"capability": {"exposes": REST}},
    "neither capability nor consumes": {"naftiko": "1.0.0-alpha2"},
    "both capability and consumes": {**consumed(), "consumes": [{"location": "x", "import": "x"}]},
    "an extension key": {**consumed(), "x-note": 1},
    "an empty consumes": capability(consumes=[]),
    "a capability of binds": capability(binds=[{"namespace": "b", "keys": {}}]),
    "a date that is none": {**consumed(), "info": {"label": "", "description": "", "created": "2026-13-01"}},
    "a bind key in small letters": {**consumed(), "binds": [{"namespace": "b", "keys": {"a": "A"}}]},
    "a bind value with a dot": {**consumed(), "binds": [{"namespace": "b", "keys": {"A": "a.b"}}]},
    "a bind location without a scheme": {**consumed(), "binds": [{"namespace": "b", "location": "x", "keys": {}}]},
    "a description on a REST adapter": capability(exposes=[{**REST[0], "description": "x"}]),
    "a port of 0": capability(exposes=[{**REST[0], "port": 0}]),
    "a port of 65536": capability(exposes=[{**REST[0], "port": 65536}]),
    "a port as text": capability(exposes=[{**REST[0], "port": "8080"}]),
    "a port that is true": capability(exposes=[{**REST[0], "port": True}]),
    "an address with a space": capability(exposes=[{**REST[0], "address": "a b"}]),
    "an adapter of no kind": capability(exposes=[{"port": 1, "namespace": "r"}]),
    "an adapter of another kind": capability(exposes=[{**REST[0], "type": "grpc"}]),
    "a control adapter with a namespace": capability(exposes=[{"type": "control", "port": 1, "namespace": "c"}]),
    "a method in small letters": operation(method="get"),
    "the method HEAD": operation(method="HEAD"),
    "a call of one part": operation(call="a"),
    "a call of three parts": operation(call="a.b.c"),
    "a call with an underscore": operation(call="a_a.b"),
    "empty steps": operation(steps=[]),
    "an operation with steps, named outputs and no name": operation(steps=STEPPED["steps"], outputParameters=NAMED),
    "an operation with named outputs and no steps": operation(name="o", outputParameters=NAMED),
    "an operation with mock outputs": operation(outputParameters=MOCK),
    "a tool that does nothing": tool(**BARE),
    "a tool without a description": tool(name="t", call="a.b"),
    "a tool with a call and named outputs": tool(**CALLED, outputParameters=NAMED),
    "a tool with a call and outputs of two kinds": tool(**CALLED, outputParameters=MAPPED + MOCK),
    "a tool with both and outputs of two kinds": tool(**BOTH, outputParameters=NAMED + MOCK),
    "a tool with only empty outputs": tool(**BARE, outputParameters=[]),
    "a tool with a ref and outputs that are no list": tool(ref="a.b", outputParameters={}),
    "a with that holds a boolean": tool(**CALLED, **{"with": {"a": True}}),
    "a with that holds nothing": tool(**CALLED, **{"with": {"a": None}}),
    "a function without a description": function(name="f", call="a.b"),
    "an MCP adapter without a port": mcp(),
    "an MCP adapter on stdio with a port": mcp(transport="stdio", port=1),
    "an MCP resource with a location and a call": mcp_resource(location="file:///x", call="a.b"),
    "an MCP resource with both and no outputs": mcp_resource(call="a.b", steps=STEPPED["steps"]),
    "an MCP resource with both and empty outputs": mcp_resource(
        call="a.b", steps=STEPPED["steps"], outputParameters=[]
    ),
    "an MCP resource of nothing": mcp_resource(),
    "a location that is no file": mcp_resource(location="https:///x"),
    "a prompt with a template and a location": prompt(template=[MESSAGE], location="file:///x"),
    "a prompt of nothing": prompt(),
    "a skill tool with both": skill_tool(instruction="i", **{"from": {"sourceNamespace": "n", "action": "a"}}),
    "a skill tool of nothing": skill_tool(),
    "a scalar output with mapping and value": output(type="string", mapping="$", value="x"),
    "a scalar output with only a const": output(type="string", const="x"),
    "an output whose const is nothing": output(type="string", value="x", const=None),
    "an object output without properties": output(type="object", mapping="$."),
    "an array output whose items are a list": output(type="array", items=[{"type": "string", "value": "x"}]),
    "a scalar output with properties": output(type="string", value="x", properties={}),
    "an integer output": output(type="integer", mapping="$"),
    "an output with a description": output(type="string", value="x", description="d"),
    "a step of no kind": stepped(name="s", call="a.b"),
    "a lookup step with a call": stepped(**LOOKUP, type="lookup", outputParameters=["a"], call="a.b"),
    "a lookup step without outputs": stepped(**LOOKUP, type="lookup", outputParameters=[]),
    "a base address with a placeholder in its path": consumed(baseUri="https://c/{v}"),
    "an empty base address": consumed(baseUri=""),
    "an import with a type": capability(consumes=[{"location": "x", "import": "x", "type": "http"}]),
    "an import without a location": capability(consumes=[{"import": "x"}]),
    "a resource named with an underscore": consumed(
        resources=[{"name": "a_b", "path": "/", "operations": [{"name": "o", "method": "GET"}]}]
    ),
    "a consumed input with a type": called(inputParameters=[{"name": "a", "in": "query", "type": "string"}]),
    "a consumed input named with a dot": called(inputParameters=[{"name": "a.b", "in": "query"}]),
    "a JSON body that is a number": called(body={"type": "json", "data": 1}),
    "a form body with a number": called(body={"type": "formUrlEncoded", "data": {"a": 1}}),
    "a body that is a document": called(body={"a": 1}),
    "a body that is a list": called(body=[]),
    "an apikey in a cookie": consumed(authentication={"type": "apikey", "placement": "cookie"}),
    "a bearer with a user": consumed(authentication={"type": "bearer", "username": "u"}),
    "an oauth2 without a resource": consumed(authentication={"type": "oauth2", "authorizationServerUri": "x"}),
}


@pytest.mark.parametrize("document", ACCEPTED.values(), ids=ACCEPTED)
def test_the_official_schema_accepts(document):
    assert check_official(document) == []


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED)
def test_the_official_schema_refuses(document):
    assert check_official(document)
    assert not ours().is_valid(document)


@pytest.mark.parametrize("document", whole_language().values(), ids=whole_language())
def test_the_whole_language_is_accepted(document):
    assert check_official(document) == []


def test_the_reference_validator_decides_alike():
    validator = ReferenceValidator(json.loads(data_path("schemas", "naftiko-1.0.0-alpha2.json").read_text("utf-8")))
    for name, document in ACCEPTED.items():
        assert validator.is_valid(document), name
    for name, document in REFUSED.items():
        assert not validator.is_valid(document), name


@needs_published
def test_our_tables_agree_with_the_published_schema():
    assert [name for name, document in ACCEPTED.items() if not published().is_valid(document)] == []
    assert [name for name, document in REFUSED.items() if published().is_valid(document)] == []


@needs_published
def test_every_public_file_is_decided_like_the_published_schema_does():
    seen, different = 0, []
    for name, document in public_documents():
        variants = [document]
        if isinstance(document, dict) and "naftiko" in document:
            variants.append({**document, "naftiko": "1.0.0-alpha2"})
        for variant in variants:
            seen += 1
            if ours().is_valid(variant) != published().is_valid(variant):
                different.append(name)
    assert seen > 600
    assert different == []


def _alone(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A document for each entry of its lists of adapters and APIs, so that a mutation judges a small file."""
    sections = document.get("capability", {})
    for section in ("exposes", "consumes", "aggregates"):
        for entry in sections.get(section, []):
            needed = {} if section != "aggregates" else {"exposes": REST}
            yield copy.deepcopy(capability(**needed, **{section: [entry]}))
    rest = {key: value for key, value in document.items() if key != "capability"}
    yield copy.deepcopy({**rest, "capability": {"exposes": REST}} if "capability" in document else rest)


@needs_published
def test_every_single_mutation_is_decided_like_the_published_schema_does():
    different, seen = [], 0
    for document in whole_language().values():
        for part in _alone(document):
            assert ours().is_valid(part)
            for pointer, change, mutant in mutants(part):
                seen += 1
                if ours().is_valid(mutant) != published().is_valid(mutant):
                    different.append((pointer, change))
    assert seen > 10_000
    assert different == []


def test_every_mutation_that_is_refused_is_told():
    untold = []
    for document in whole_language().values():
        for part in _alone(document):
            untold += [
                (pointer, change)
                for pointer, change, mutant in itertools.islice(mutants(part), 0, None, 23)
                if not ours().is_valid(mutant) and not check_official(mutant)
            ]
    assert untold == []


def test_the_runtime_accepts_every_mutation_that_the_official_schema_accepts():
    accepted, refused = 0, []
    for document in whole_language().values():
        for part in _alone(document):
            for pointer, change, mutant in mutants(part):
                if ours().is_valid(mutant):
                    accepted += 1
                    refused += [(pointer, change, violation.message) for violation in check_runtime(mutant)]
    assert accepted > 500
    assert refused == []


@pytest.mark.parametrize("document", ACCEPTED.values(), ids=ACCEPTED)
def test_the_runtime_accepts_what_the_official_schema_does(document):
    assert check_runtime(document) == []


OUTPUTS = (None, [], MAPPED, NAMED, MOCK, MAPPED + MOCK, NAMED + MOCK, NAMED + MAPPED, ["x"], [{}], [{"name": "a"}], {})


@needs_published
@pytest.mark.parametrize("owner", [tool, function, operation, mcp_resource])
def test_every_combination_of_behaviours_is_decided_like_the_published_schema_does(owner):
    optional: dict[str, Any] = {
        "name": "n",
        "description": "D.",
        "call": "a.b",
        "steps": STEPPED["steps"],
        "ref": "a.b",
        "location": "file:///x",
        "mappings": [],
    }
    different = []
    for chosen in itertools.product((False, True), repeat=len(optional)):
        keys = {key: value for (key, value), taken in zip(optional.items(), chosen, strict=True) if taken}
        for outputs in OUTPUTS:
            document = owner(**keys) if outputs is None else owner(**keys, outputParameters=outputs)
            if ours().is_valid(document) != published().is_valid(document):
                different.append((keys, outputs))
    assert different == []
