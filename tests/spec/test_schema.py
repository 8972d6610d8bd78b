from __future__ import annotations

import copy
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from naftiko_runtime.data import data_path
from naftiko_runtime.spec.schema.check import check_official, check_runtime
from naftiko_runtime.spec.schema.violation import READERS
from tests.spec.whole_language import whole_language

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

needs_public_files = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the collection of public files, which is not part of the project"
)

OPERATION = ("capability", "exposes", 0, "resources", 0, "operations", 0)
CONSUMED = ("capability", "consumes", 0, "resources", 0, "operations", 0)
TOOL = ("capability", "exposes", 1, "tools", 0)


def desk() -> dict[str, Any]:
    return yaml.safe_load("""
    naftiko: 1.0.0-alpha2
    info: {label: Desk, description: A desk.}
    binds: [{namespace: env, keys: {DESK_TOKEN: DESK_TOKEN}}]
    capability:
      consumes:
      - type: http
        namespace: desk
        baseUri: https://desk.example
        authentication: {type: bearer, token: "{{DESK_TOKEN}}"}
        resources:
        - name: notes
          path: /notes/{id}
          operations:
          - name: get
            method: GET
            inputParameters: [{name: id, in: path}]
      exposes:
      - type: rest
        port: 8080
        namespace: desk-rest
        resources:
        - path: /notes/{id}
          operations:
          - name: get
            method: GET
            call: desk.get
            with: {id: rest.id}
            outputParameters: [{type: string, mapping: $.}]
      - type: mcp
        port: 9090
        namespace: desk-mcp
        tools:
        - {name: get, description: Reads a note., call: desk.get, outputParameters: [{type: string, mapping: $.}]}
    """)


def put(pointer: tuple[str | int, ...], value: object) -> dict[str, Any]:
    root = desk()
    owner: Any = root
    for part in pointer[:-1]:
        owner = owner[part]
    owner[pointer[-1]] = value
    return root


def rename(pointer: tuple[str | int, ...], key: str) -> dict[str, Any]:
    root = desk()
    owner: Any = root
    for part in pointer[:-1]:
        owner = owner[part]
    owner[key] = owner.pop(pointer[-1])
    return root


def without(pointer: tuple[str | int, ...]) -> dict[str, Any]:
    root = desk()
    owner: Any = root
    for part in pointer[:-1]:
        owner = owner[part]
    del owner[pointer[-1]]
    return root


def test_a_right_file_has_no_violation():
    assert check_runtime(desk()) == []
    assert check_official(desk()) == []


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ((*OPERATION, "outputParameters"), [{"type": "object", "mapping": "$."}]),
        ((*OPERATION, "outputParameters"), [{"type": "array", "mapping": "$.", "description": "All notes."}]),
        ((*OPERATION, "outputParameters"), [{"name": "count", "type": "integer", "value": 5}]),
        ((*OPERATION, "outputParameters"), [{"type": "string", "const": None}]),
        ((*OPERATION, "inputParameters"), [{"name": "id", "required": True, "default": 1, "enum": [1, "a"]}]),
        ((*OPERATION, "with"), {"id": True, "list": [1], "map": {"a": None}, "none": None}),
        ((*OPERATION, "method"), "HEAD"),
        (("capability", "exposes", 0, "description"), "Notes over HTTP."),
        ((*CONSUMED, "name"), "notes:get_one.v2~[x]"),
        ((*CONSUMED, "method"), "OPTIONS"),
        ((*CONSUMED, "path"), "/other/{id}"),
        ((*CONSUMED, "outputRawFormat"), "binary"),
        ((*CONSUMED, "outputRawFormat"), "text"),
        ((*CONSUMED, "outputRawFormat"), "YAML"),
        ((*CONSUMED, "outputRawFormat"), "Csv"),
        ((*CONSUMED, "body"), {"title": "{{title}}", "tags": ["a"]}),
        ((*CONSUMED, "body"), "plain {{text}}"),
        ((*CONSUMED, "body"), {"type": "formUrlEncoded", "data": {"a": 1}}),
        ((*CONSUMED, "body"), [1, 2]),
        (
            (*CONSUMED, "inputParameters"),
            [
                {"name": "$top", "in": "query", "type": "integer", "required": False, "description": "How many."},
                {"name": "filter[x]", "in": "query", "type": "array", "items": {"type": "string"}, "pattern": "^a"},
            ],
        ),
        (("capability", "consumes", 0, "resources", 0, "name"), "notes_{id}?x"),
        (("capability", "consumes", 0, "resources", 0, "name"), None),
        (("capability", "consumes", 0, "baseUri"), ""),
        (("capability", "consumes", 0, "baseUri"), "https://{tenant}.desk.example/{region}"),
        (
            ("capability", "consumes", 0, "authentication"),
            {"type": "apikey", "in": "header", "name": "K", "value": "v"},
        ),
        (("capability", "consumes", 0, "authentication"), {"type": "apikey", "key": "K", "value": "v"}),
        (("capability", "consumes", 0, "authentication"), {"type": "apikey", "headers": {"A": "a", "B": "b"}}),
        (("capability", "consumes", 0, "authentication"), {"type": "apiKey", "header": "K", "key": "v"}),
        (("capability", "consumes", 0, "authentication"), {"type": "aws-sig-v4", "region": "eu-1"}),
        (("info",), {"title": "Desk"}),
        ((*TOOL, "inputSchema"), {"type": "object", "properties": {"id": {"type": "string"}}}),
        ((*TOOL, "call"), "get"),
        (("naftiko",), 0.5),
    ],
)
def test_what_public_files_write_is_accepted(pointer, value):
    assert check_runtime(put(pointer, value)) == []


def test_an_absent_base_address_is_accepted():
    assert check_runtime(without(("capability", "consumes", 0, "baseUri"))) == []


@pytest.mark.parametrize("document", whole_language().values(), ids=whole_language())
def test_the_runtime_accepts_the_whole_official_language(document):
    assert check_runtime(document) == []


@pytest.mark.parametrize(
    ("pointer", "key", "near", "message"),
    [
        ((*OPERATION, "method"), "metod", "method", "`metod` is not a key of an exposed operation"),
        ((*CONSUMED, "method"), "Method", "method", "`Method` is not a key of a consumed operation"),
        ((*TOOL, "description"), "descripton", "description", "`descripton` is not a key of a tool"),
        (("capability", "consumes", 0, "baseUri"), "baseUrl", "baseUri", "`baseUrl` is not a key of a consumed API"),
        (("capability",), "capabilty", "capability", "`capabilty` is not a key of a capability file"),
        (("capability", "exposes"), "expose", "exposes", "`expose` is not a key of a capability"),
        (("capability", "exposes", 0, "type"), "tpye", "type", "`tpye` is not a key of an exposes entry"),
        (("info", "label"), "lable", "label", "`lable` is not a key of an info block"),
        ((*TOOL, "call"), "upstream", None, "`upstream` is not a key of a tool"),
    ],
)
def test_an_unknown_key_is_told_once_at_its_place(pointer, key, near, message):
    [violation] = check_runtime(rename(pointer, key))
    assert violation.kind == "unknown-key"
    assert violation.pointer == (*pointer[:-1], key)
    assert violation.message == message
    assert violation.near == near
    assert near is None or f"did you mean `{near}`?" in violation.help


@pytest.mark.parametrize(
    ("pointer", "message", "help_"),
    [
        (
            (*OPERATION, "method"),
            "an exposed operation needs `method`",
            "add `method`: one of `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`, `OPTIONS`",
        ),
        ((*CONSUMED, "name"), "a consumed operation needs `name`", "add `name`: a name"),
        ((*TOOL, "name"), "a tool needs `name`", "add `name`: a name"),
        (("capability", "exposes", 0, "type"), "an exposes entry needs `type`", "add `type`: one of"),
        (("capability", "exposes", 0, "namespace"), "a REST adapter needs `namespace`", "add `namespace`: a name"),
        (("capability", "exposes", 1, "tools"), "an MCP adapter needs `tools`, `resources` or `prompts`", "add one"),
        (("binds", 0, "keys"), "a bind needs `keys`", "add `keys`: a mapping"),
    ],
)
def test_a_missing_key_is_told_at_the_mapping_that_lacks_it(pointer, message, help_):
    [violation] = check_runtime(without(pointer))
    assert violation.kind == "missing-key"
    assert violation.pointer == pointer[:-1]
    assert violation.message == message
    assert violation.help.startswith(help_)


def test_a_file_that_holds_nothing_is_told_what_it_may_hold():
    [violation] = check_runtime({"naftiko": "1.0.0-alpha2", "info": {}})
    assert (violation.kind, violation.pointer, violation.help) == ("missing-key", (), "add one of them")
    assert violation.message == "a capability file needs `capability`, `consumes`, `exposes`, `aggregates` or `binds`"


@pytest.mark.parametrize(
    ("pointer", "value", "kind", "message", "help_"),
    [
        (
            ("capability", "exposes", 0, "port"),
            "80a0",
            "type",
            '`port` must be a whole number from 1 to 65535, found text "80a0"',
            "write it as a plain number",
        ),
        (
            ("capability", "exposes", 0, "port"),
            70000,
            "value",
            "`port` must be a whole number from 1 to 65535, found the number 70000",
            "write a whole number from 1 to 65535",
        ),
        (
            ("capability", "exposes", 0, "port"),
            -0.5,
            "type",
            "`port` must be a whole number from 1 to 65535, found the number -0.5",
            "write a whole number",
        ),
        ((*OPERATION, "method"), "GTE", "value", "`method` can't be `GTE`", "did you mean `GET`? allowed: GET, POST"),
        ((*OPERATION, "method"), "FETCH", "value", "`method` can't be `FETCH`", "allowed: GET, POST"),
        ((*OPERATION, "method"), ["GET"], "type", "`method` must be one of `GET`,", "write one of"),
        ((*CONSUMED, "outputRawFormat"), "YMAL", "value", "`outputRawFormat` can't be `YMAL`", "did you mean `yaml`?"),
        ((*CONSUMED, "outputRawFormat"), 5, "type", "`outputRawFormat` must be the name of a format", "put it between"),
        ((*CONSUMED, "name"), None, "type", "`name` must be a name, found nothing", "give it a value"),
        ((*CONSUMED, "name"), 5, "type", "`name` must be a name, found the number 5", "put it between quotes"),
        ((*CONSUMED, "name"), True, "type", "`name` must be a name, found `true`", "put it between quotes"),
        ((*CONSUMED, "name"), "", "length", "`name` must not be empty", "fill it in"),
        (
            (*CONSUMED, "inputParameters"),
            {"name": "id"},
            "type",
            "`inputParameters` must be a list, found a mapping",
            "write a list",
        ),
        (
            (*CONSUMED, "inputParameters"),
            ["id"],
            "type",
            'item 1 of `inputParameters` must be a mapping, found text "id"',
            "write keys and their values: name, in",
        ),
        (
            ("capability", "exposes", 0, "resources"),
            [5],
            "type",
            "item 1 of `resources` must be a mapping",
            "write keys",
        ),
        ((*TOOL, "inputSchema"), True, "type", "`inputSchema` must be a mapping, found `true`", "write keys and their"),
        ((*OPERATION, "with"), ["id"], "type", "`with` must be a mapping, found a list", "write keys and their values"),
        ((*TOOL, "hints"), {"readOnly": "yes"}, "type", "`readOnly` must be `true` or `false`", "write `true` or"),
        ((*CONSUMED, "body"), {"type": "jsno", "data": {}}, "value", "`type` can't be `jsno`", "did you mean `json`?"),
        ((*CONSUMED, "body"), {"type": "text", "data": 1}, "type", "`data` must be text, found the number 1", "put it"),
        (("capability", "exposes", 0, "type"), "rset", "value", "`type` can't be `rset`", "did you mean `rest`?"),
        (
            ("capability", "consumes", 0, "authentication", "type"),
            "baerer",
            "value",
            "`type` can't be `baerer`",
            "did you mean `bearer`?",
        ),
    ],
)
def test_a_wrong_value_is_told_once_with_what_to_write(pointer, value, kind, message, help_):
    [violation] = check_runtime(put(pointer, value))
    assert violation.kind == kind
    assert violation.pointer[: len(pointer)] == pointer
    assert violation.message.startswith(message)
    assert violation.help.startswith(help_)


@pytest.mark.parametrize(
    ("pointer", "value", "kind", "message"),
    [
        (("capability", "exposes"), [], "length", "`exposes` must not be empty"),
        (("consumes",), [{"location": "x", "import": "x"}], "other", "`consumes` can't stand beside `capability`"),
        (("binds", 0, "keys"), {"token": "x"}, "value", "`token` must be a variable name of capital letters"),
        ((*CONSUMED, "name"), "a_b", "value", "`name` must be a name of letters, digits and `-`, found text"),
        (("capability", "exposes", 1, "transport"), "stdio", "other", "an MCP adapter on stdio has no `port`"),
        ((*TOOL, "call"), "get", "value", "`call` must be `namespace.name`, each of letters"),
        (
            ("capability", "exposes", 1),
            {
                "type": "control",
                "port": 1,
                "management": {"scripting": {"timeout": 0}},
            },
            "value",
            "`timeout` must be a whole number, at least 1, found the number 0",
        ),
        (
            ("capability", "exposes", 1),
            {"type": "skill", "port": 1, "namespace": "s", "skills": [{"name": "s", "description": "x" * 1025}]},
            "length",
            "`description` has 1025 characters, 1024 are allowed",
        ),
        (
            (*OPERATION, "outputParameters"),
            [{"type": "object", "mapping": "$."}],
            "missing-key",
            "a mapped object output needs `properties`",
        ),
    ],
)
def test_the_official_check_tells_the_leaf_that_matters(pointer, value, kind, message):
    [violation] = check_official(put(pointer, value))
    assert violation.kind == kind
    assert violation.message.startswith(message)


def test_a_function_without_behaviour_is_named_as_such():
    root = desk()
    root["capability"]["aggregates"] = [
        {"label": "A", "namespace": "a", "functions": [{"name": "f", "description": "F."}]}
    ]
    [violation] = check_official(root)
    assert violation.message == "an aggregate function needs `call`, `steps` or `outputParameters`"
    assert violation.missing == ("call", "steps", "outputParameters")


@pytest.mark.parametrize("key", ["token", "tokne"])
def test_a_credential_is_never_quoted(key):
    root = put(("capability", "consumes", 0, "authentication"), {"type": "bearer", key: 4242424242})
    texts = [violation.message + violation.help for violation in check_official(root) + check_runtime(root)]
    assert texts
    assert not any("4242" in text for text in texts)


def test_a_long_value_is_shortened():
    [violation] = check_runtime(put((*OPERATION, "method"), "G" * 500))
    assert len(violation.message) < 100


def test_violations_come_in_the_order_of_the_text():
    root = put((*TOOL, "hints"), {"readOnly": 1})
    root["capability"]["consumes"][0]["type"] = "htpp"
    root["info"]["tags"] = 5
    root["extra"] = 1
    assert [violation.pointer[-1] for violation in check_runtime(root)] == ["tags", "type", "readOnly", "extra"]


def test_a_missing_discriminator_hides_the_shapes_it_would_select():
    root = put(("capability", "exposes", 0), {"prt": 8080, "namespce": "x"})
    [violation] = check_runtime(root)
    assert (violation.kind, violation.missing) == ("missing-key", ("type",))


@pytest.mark.parametrize(
    ("port", "found"),
    [
        (10**5000, "a number of many digits"),
        (float("inf"), "the number inf"),
        (float("nan"), "the number nan"),
        (1e300, "the number 1e+300"),
        ("\ud800", 'text "?"'),
    ],
    ids=["many digits", "infinity", "no number", "large", "surrogate"],
)
def test_extreme_values_are_told(port, found):
    [violation] = check_runtime(put(("capability", "exposes", 0, "port"), port))
    assert violation.message == f"`port` must be a whole number from 1 to 65535, found {found}"


def test_keys_of_a_bind_that_are_no_mapping_are_told():
    [violation] = check_official(put(("binds", 0, "keys"), ["A"]))
    assert violation.message == "`keys` must be a mapping, found a list"


def _seconds(check: Callable[[], object]) -> float:
    started = time.perf_counter()
    check()
    return time.perf_counter() - started


def test_a_file_of_unknown_keys_is_told_in_time():
    few, many = (put(("info",), {f"descripti{index}": 1 for index in range(size)}) for size in (500, 10_000))
    assert len(check_runtime(many)) == 10_000
    # Twenty times the keys: anything but linear would be 400.
    assert _seconds(lambda: check_runtime(many)) < 100 * _seconds(lambda: check_runtime(few))


def test_mistakes_around_a_large_value_do_not_multiply_its_memory():
    inner: dict[str, Any] = {
        "type": "object",
        "properties": {f"p{index}": {"type": "string", "mapping": "$"} for index in range(2_000)},
    }
    for _ in range(45):
        inner = {"type": "object", "unheardOf": 1, "properties": {"a": inner}}
    root = put((*OPERATION, "outputParameters"), [inner])
    tracemalloc.start()
    try:
        assert len(check_runtime(root)) == 45
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_a_value_with_a_lone_surrogate_is_checked():
    root = put((*OPERATION, "description"), "\ud800")
    root["\udfff"] = [5, "\ud800"]
    [violation] = check_runtime(root)
    assert violation.kind == "unknown-key"


@pytest.mark.parametrize("key", ["0", "7", "007", "+7", "", "18446744073709551616", "a/b", "~1", "\ue000", "\ue0007"])
def test_a_place_below_an_odd_key_is_told_exactly(key):
    outputs = [{"type": "object", "mapping": "$.", "properties": {"7": {"type": "string"}, key: {"type": "text"}}}]
    [violation] = check_runtime(put((*OPERATION, "outputParameters"), outputs))
    assert violation.pointer == (*OPERATION, "outputParameters", 0, "properties", key, "type")


@pytest.mark.parametrize("key", ["7", "", "\ue000"])
def test_an_odd_key_that_is_unknown_is_told_as_written(key):
    [violation] = check_runtime(put(("info", key), 1))
    assert violation.pointer == ("info", key)
    [violation] = check_official(put(("binds", 0, "keys", key), "X"))
    assert violation.pointer == ("binds", 0, "keys", key)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_arbitrary_json_never_raises(value):
    assert all(violation.message and violation.help for violation in check_runtime(value) + check_official(value))


def _places(value: Any, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield pointer
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from _places(inner, (*pointer, part))


SERVED = whole_language()["served"]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), value=JSON)
def test_arbitrary_json_anywhere_in_a_file_never_raises(data, value):
    root = copy.deepcopy(SERVED)
    pointer = data.draw(st.sampled_from([place for place in _places(root) if place]))
    owner: Any = root
    for part in pointer[:-1]:
        owner = owner[part]
    owner[pointer[-1]] = value
    for violations in (check_runtime(root), check_official(root)):
        assert all(violation.message and violation.help for violation in violations)
        assert len({violation[:3] for violation in violations}) == len(violations)


def test_nesting_beyond_any_file_is_survived():
    value: Any = {}
    for _ in range(5000):
        value = {"type": "array", "items": value}
    root = put((*OPERATION, "outputParameters"), [value])
    assert check_runtime(root)


def _asserted_keywords(schema: Any) -> Iterator[str]:
    """Keywords of a schema whose failure reaches the reader: not those below `if` and `not`."""
    if not isinstance(schema, dict):
        return
    yield from schema
    for key in ("then", "else", "items"):
        yield from _asserted_keywords(schema.get(key))
    for part in schema.get("allOf", []):
        yield from _asserted_keywords(part)
    for key in ("properties", "later", "$defs"):
        for inner in schema.get(key, {}).values():
            yield from _asserted_keywords(inner)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _asserted_keywords(schema["additionalProperties"])


SILENT = {
    "later",
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "title",
    "description",
    "default",
    "format",
    "if",
    "then",
    "else",
    "items",
}
"""Keywords that fail by nothing of their own; `later` is ours, for the keys of later generations."""


@pytest.mark.parametrize("name", sorted(file.name for file in data_path("schemas", "").glob("*.json")))
def test_every_keyword_of_our_schemas_has_words(name):
    schema = json.loads(data_path("schemas", name).read_text("utf-8"))
    assert set(_asserted_keywords(schema)) - SILENT - {"properties", "allOf"} <= set(READERS)


@pytest.mark.parametrize("name", sorted(file.name for file in data_path("schemas", "").glob("*.json")))
def test_alternatives_are_single_required_keys(name):
    schema = json.loads(data_path("schemas", name).read_text("utf-8"))

    def alternatives(node: Any) -> Iterator[Any]:
        if isinstance(node, dict):
            for key, inner in node.items():
                if key in ("anyOf", "oneOf"):
                    yield from inner
                if key not in ("if", "not"):
                    yield from alternatives(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from alternatives(inner)

    assert all(set(branch) == {"required"} and len(branch["required"]) == 1 for branch in alternatives(schema))


@needs_public_files
def test_the_founding_files_have_no_violation():
    files = sorted((SHARED / "seeds").glob("*-fine-tuning.yaml"))
    assert files
    for file in files:
        assert check_runtime(yaml.safe_load(file.read_bytes())) == []


@needs_public_files
def test_public_alpha2_files_have_no_error():
    wrong = {}
    for file in sorted((SHARED / "corpus").rglob("*.y*ml")):
        try:
            document = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError:
            continue
        if not isinstance(document, dict) or document.get("naftiko") != "1.0.0-alpha2":
            continue
        document = json.loads(json.dumps(document, default=str))
        errors = [v for v in check_runtime(document) if v.kind != "unknown-key" or v.near]
        if errors:
            wrong[file.name] = errors
    assert wrong == {}


def test_checking_leaves_the_value_as_it_was():
    root = desk()
    before = copy.deepcopy(root)
    check_runtime(root)
    check_official(root)
    assert root == before
