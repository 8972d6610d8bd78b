"""Outputs shape a payload: select, nest, coerce without loss, give null for what is missing (C14b, language §4.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from naftiko_runtime.plan.outputs.shape import compile_shape, is_identity, output_schema
from naftiko_runtime.plan.outputs.static import compile_mock
from naftiko_runtime.plan.scope.findings import Findings
from tests.plan.written import findings_of, outputs_of, shape_of, shaped, variables_of

SHIP: dict[str, Any] = {
    "id": 7,
    "name": "N",
    "price": "2.50",
    "open": "true",
    "list": [{"a": 1, "n": {"x": 2}}, {"a": "2"}, None, 5],
    "o": {"k": "v", "deep": {"z": 1}},
    "nil": None,
    "one": {"a": 1},
}


@pytest.mark.parametrize("mapping", ["", "mapping: $., ", "mapping: $, ", "mapping: '', "])
@pytest.mark.parametrize("kind", ["object", "array"])
def test_an_output_without_members_is_the_whole_payload(mapping, kind):
    assert shaped(f"[{{{mapping}type: {kind}}}]", SHIP) == SHIP


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("{type: object, mapping: $.o}", {"k": "v", "deep": {"z": 1}}),
        ("{type: object, mapping: $.o, properties: {k: {type: string, mapping: $.k}}}", {"k": "v"}),
        ("{type: object, mapping: $.o, properties: {k: {type: string}}}", {"k": "v"}),
        ("{type: object, properties: {k: {type: string, mapping: $.o.k}}}", {"k": "v"}),
        ("{type: object, properties: {id: {type: number}, zzz: {type: string}}}", {"id": 7, "zzz": None}),
        ("{type: object, properties: {k: {type: string, mapping: $.zzz.k}}}", {"k": None}),
        (
            "{type: object, properties: {o: {type: object, mapping: $.o, properties: {v: {mapping: $.k}}}}}",
            {"o": {"v": "v"}},
        ),
        (
            "{type: object, properties: {in: {type: object, properties: {v: {type: string, mapping: $.o.k}}}}}",
            {"in": {"v": "v"}},
        ),
        (
            "{type: object, properties: {o: {type: object, properties: {k: {type: string}, "
            "deep: {type: object, properties: {z: {type: string}}}}}}}",
            {"o": {"k": "v", "deep": {"z": "1"}}},
        ),
        ("{type: object, properties: {zzz: {type: object, properties: {k: {type: string}}}}}", {"zzz": None}),
        ("{type: object, properties: {nil: {type: object, properties: {k: {type: string}}}}}", {"nil": None}),
        (
            "{type: object, properties: {n: {type: object, mapping: $.zzz, properties: {k: {type: string}}}}}",
            {"n": None},
        ),
        ("{type: object, mapping: $.zzz, properties: {k: {type: string}}}", None),
        ("{type: object, mapping: $.nil, properties: {k: {type: string}}}", None),
        ("{type: object, mapping: $.id, properties: {k: {type: string}}}", {"k": None}),
        ("{type: object, properties: {o: {type: object, mapping: $.}}}", {"o": SHIP}),
        ("{type: object, properties: {id: {type: string, mapping: $.name}}}", {"id": "N"}),
        ("{type: object, properties: {}}", SHIP),
    ],
)
def test_an_object_has_its_properties_and_its_mapping_shifts_their_root(output, result):
    assert shaped(f"[{output}]", SHIP) == result


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("{type: array, mapping: $.list}", SHIP["list"]),
        ("{type: array, mapping: '$.list[*]'}", SHIP["list"]),
        ("{type: array, mapping: '$.list[*].a'}", [1, "2"]),
        ("{type: array, mapping: '$.list[*].zzz'}", []),
        ("{type: array, mapping: $.zzz, items: {type: string}}", None),
        ("{type: array, mapping: $.nil, items: {type: string}}", None),
        ("{type: array, mapping: $.zzz}", None),
        ("{type: array, mapping: '$.list[*].a', items: {type: string}}", ["1", "2"]),
        ("{type: array, mapping: $.list, items: {type: number, mapping: $.a}}", [1, 2, None, None]),
        ("{type: array, mapping: $.list, items: {}}", SHIP["list"]),
        ("{type: array, mapping: $.list, items: [{type: string, mapping: $.a}]}", ["1", "2", None, None]),
        (
            "{type: array, mapping: $.list, items: {type: object, properties: {a: {type: string}}}}",
            [{"a": "1"}, {"a": "2"}, None, {"a": None}],
        ),
        (
            "{type: array, mapping: $.list, items: {type: object, properties: "
            "{n: {type: object, properties: {x: {mapping: $.n.x}}}}}}",
            [{"n": {"x": 2}}, {"n": {"x": None}}, None, {"n": {"x": None}}],
        ),
        (
            "{type: array, mapping: $.list, items: {type: object, properties: "
            "{n: {type: object, properties: {x: {type: integer}}}}}}",
            [{"n": {"x": 2}}, {"n": None}, None, {"n": None}],
        ),
        ("{type: array, mapping: $.one, items: {type: object, properties: {a: {type: string}}}}", [{"a": "1"}]),
        (
            "{type: object, properties: {list: {type: array, items: {type: object, properties: {a: {}}}}}}",
            {"list": [{"a": 1}, {"a": "2"}, None, {"a": None}]},
        ),
        ("{items: {type: string, mapping: $.a}, mapping: $.list}", ["1", "2", None, None]),
    ],
)
def test_a_list_has_its_items(output, result):
    assert shaped(f"[{output}]", SHIP) == result


def test_lists_of_lists_of_objects_nest():
    rows = {"rows": [[{"a": 1}, {"a": 2}], [], [None]]}
    output = (
        "{type: array, mapping: $.rows, items: {type: array, items: {type: object, properties: {a: {type: string}}}}}"
    )
    assert shaped(f"[{output}]", rows) == [[{"a": "1"}, {"a": "2"}], [], [None]]


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("{type: string, mapping: $.id}", "7"),
        ("{type: number, mapping: $.price}", 2.5),
        ("{type: boolean, mapping: $.open}", True),
        ("{type: integer, mapping: $.id}", 7),
        ("{type: integer, mapping: $.price}", "2.50"),
        ("{type: number, mapping: $.name}", "N"),
        ("{type: boolean, mapping: $.id}", 7),
        ("{type: string, mapping: $.o}", SHIP["o"]),
        ("{type: string, mapping: $.nil}", None),
        ("{type: string, mapping: $.zzz}", None),
        ("{type: string, mapping: '$.list[*].a'}", [1, "2"]),
        ("{type: array, mapping: $.name}", "N"),
        ("{mapping: $.id}", 7),
        ("{type: integer, mapping: $.list.length()}", 4),
    ],
)
def test_a_value_is_brought_to_its_type_where_nothing_is_lost_and_stays_itself_otherwise(output, result):
    assert shaped(f"[{output}]", SHIP) == result


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("{type: string, value: fixed}", "fixed"),
        ("{type: integer, value: '5'}", 5),
        ("{type: object, properties: {a: {type: string, value: x}, id: {type: string}}}", {"a": "x", "id": "7"}),
        ("{type: object, mapping: $.zzz, properties: {a: {type: string, value: x}}}", None),
        (
            "{type: array, mapping: $.list, items: {type: object, properties: {k: {type: string, value: x}}}}",
            [{"k": "x"}, {"k": "x"}, None, {"k": "x"}],
        ),
    ],
)
def test_static_values_stand_beside_selected_ones(output, result):
    assert shaped(f"[{output}]", SHIP) == result


def test_a_static_value_is_filled_with_the_arguments():
    shape = shape_of("[{type: object, properties: {who: {type: string, value: 'by {{tools.user}}'}}}]")
    assert shape(SHIP, {"user": "ada {{SECRET}}"}) == {"who": "by ada {{SECRET}}"}


@pytest.mark.parametrize(
    ("outputs", "result"),
    [
        ("{name: a, type: string, mapping: $.id}, {name: b, type: object, mapping: $.o}", {"a": "7", "b": SHIP["o"]}),
        ("{name: id, type: string}, {name: name, type: string}", {"id": "7", "name": "N"}),
        ("{name: a, type: string, mapping: $.zzz}, {name: b, type: string, value: x}", {"a": None, "b": "x"}),
        ("{name: a, type: object, mapping: $.}, {name: b, type: string, value: $.name}", {"a": SHIP, "b": "N"}),
        (
            "{name: o, type: object, properties: {k: {type: string}}}, {name: zzz, type: object, properties: {k: {}}}",
            {"o": {"k": "v"}, "zzz": None},
        ),
    ],
)
def test_several_named_outputs_form_one_object(outputs, result):
    assert shaped(f"[{outputs}]", SHIP) == result


def test_one_named_output_is_the_result_itself():
    assert shaped("[{name: a, type: string, mapping: $.id}]", SHIP) == "7"


@pytest.mark.parametrize("payload", [None, 5, "text", [], [1], {}])
def test_any_payload_has_a_result(payload):
    assert shaped("[{type: object, properties: {a: {type: string}}}]", payload) == {"a": None}
    assert shaped("[{name: a, type: string}, {name: b, mapping: $.x.y}]", payload) == {"a": None, "b": None}


def test_nested_objects_of_a_null_payload_are_null_or_made_of_nulls():
    output = "{type: object, properties: {a: {properties: {b: {}}}, c: {properties: {d: {mapping: $.e}}}}}"
    assert shaped(f"[{output}]", None) == {"a": None, "c": {"d": None}}


CONSUMED = "[{name: shipId, value: $.ship_id}, {name: first, value: '$.crew[0]'}, {name: all, value: $}]"
PAYLOAD = {"ship_id": "s1", "crew": [{"name": "ada"}], "o": {"ship_id": "inner"}}


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("{type: string, mapping: $.shipId}", "s1"),
        ("{type: string, mapping: $.first.name}", "ada"),
        ("{type: string, mapping: \"$['first']['name']\"}", "ada"),
        ("{type: string, mapping: first . name}", "ada"),
        ("{type: string, mapping: $.ship_id}", "s1"),
        ("{type: string, mapping: $.all.ship_id}", "s1"),
        ("{type: object, properties: {id: {type: string, mapping: $.shipId}}}", {"id": "s1"}),
        ("{type: object, properties: {shipId: {type: string}}}", {"shipId": "s1"}),
        (
            "{type: object, properties: {in: {type: object, properties: {id: {mapping: $.shipId}}}}}",
            {"in": {"id": "s1"}},
        ),
        (
            "{type: object, properties: {first: {type: object, properties: {name: {type: string}}}}}",
            {"first": {"name": "ada"}},
        ),
        ("{type: object, mapping: $.o, properties: {id: {type: string, mapping: $.shipId}}}", {"id": None}),
        (
            "{type: array, mapping: $.crew, items: {type: object, properties: {shipId: {type: string}}}}",
            [{"shipId": None}],
        ),
        ("{type: string, mapping: $.first.zzz}", None),
        ("{type: string, mapping: $.zzz}", None),
        ("{type: array, mapping: $..name}", ["ada"]),
    ],
)
def test_a_mapping_the_payload_has_nothing_for_reads_the_consumed_output_of_that_name(output, result):
    assert shaped(f"[{output}]", PAYLOAD, CONSUMED) == result


def test_what_the_payload_has_comes_before_what_the_consumed_operation_declares():
    assert shaped("[{type: string, mapping: $.shipId}]", {**PAYLOAD, "shipId": None}, CONSUMED) is None
    assert shaped("[{type: string, mapping: $.shipId}]", {**PAYLOAD, "shipId": "own"}, CONSUMED) == "own"


def test_several_outputs_without_mappings_read_the_consumed_ones():
    assert shaped("[{name: shipId, type: string}, {name: first, type: object}]", PAYLOAD, CONSUMED) == {
        "shipId": "s1",
        "first": {"name": "ada"},
    }


def test_a_consumed_output_of_a_missing_path_is_null():
    assert shaped("[{type: string, mapping: $.x}]", {}, "[{name: x, type: string, value: $.y.z}]") is None


@pytest.mark.parametrize(
    ("outputs", "consumed", "code", "pointer"),
    [
        ("[{type: string, mapping: '$.a['}]", "[]", "NK5001", "/outputParameters/0/mapping"),
        ("[{type: string, mapping: $..a..b}]", "[]", "NK5002", "/outputParameters/0/mapping"),
        (
            "[{type: object, properties: {a: {mapping: '$.a['}}}]",
            "[]",
            "NK5001",
            "/outputParameters/0/properties/a/mapping",
        ),
        ("[{mapping: $.a}, {name: b}]", "[]", "NK5003", "/outputParameters/0"),
        ("[{name: a, mapping: $.a, value: x}]", "[]", "NK5004", "/outputParameters/0"),
        ("[{type: integer, value: x}]", "[]", "NK5005", "/outputParameters/0/value"),
        ("[{type: string, properties: {a: {}}}]", "[]", "NK5007", "/outputParameters/0/properties"),
        ("[{type: object, items: {}}]", "[]", "NK5007", "/outputParameters/0/items"),
        ("[{type: object, properties: {a: {}}, items: {}}]", "[]", "NK5007", "/outputParameters/0/items"),
        ("[{properties: {a: {}}, items: {}}]", "[]", "NK5007", "/outputParameters/0/items"),
        (
            "[{type: string, mapping: $.x}]",
            "[{name: x, type: string, value: '$.a['}]",
            "NK5001",
            "/outputParameters/0/mapping",
        ),
    ],
)
def test_what_is_wrong_with_outputs_is_told_at_its_place(outputs, consumed, code, pointer):
    findings = findings_of(f"outputParameters: {outputs}")
    shape = compile_shape(outputs_of(outputs), outputs_of(consumed, consumed=True), variables_of(findings), findings)
    assert [(item.code, item.pointer) for item in findings.diagnostics] == [(code, pointer)]
    assert all(item.help for item in findings.diagnostics)
    if shape is not None:
        json.dumps(shape({"a": 1}, {}))


def test_without_outputs_there_is_no_shape():
    assert compile_shape((), (), variables_of(findings_of()), findings_of()) is None


@pytest.mark.parametrize(
    ("outputs", "is_whole"),
    [
        ("[{type: object, mapping: $.}]", True),
        ("[{type: object, mapping: $}]", True),
        ("[{type: array}]", True),
        ("[{name: x, mapping: $.}]", True),
        ("[{type: object, mapping: $., properties: {}}]", True),
        ("[{type: string, mapping: $.}]", False),
        ("[{type: object, mapping: $.a}]", False),
        ("[{type: object, properties: {a: {}}}]", False),
        ("[{type: array, items: {}}]", False),
        ("[{type: string, value: x}]", False),
        ("[{name: a}, {name: b}]", False),
        ("[]", False),
    ],
)
def test_outputs_that_mean_the_whole_document_let_its_bytes_pass(outputs, is_whole):
    assert is_identity(outputs_of(outputs)) is is_whole


@pytest.mark.parametrize(
    ("outputs", "schema"),
    [
        ("[]", None),
        ("[{type: object, mapping: $.}]", None),
        ("[{type: string, mapping: $.a}]", None),
        ("[{type: object, mapping: $.o, properties: {a: {}}}]", None),
        ("[{type: object, value: x, properties: {a: {}}}]", None),
        ("[{name: o, type: object, properties: {a: {type: string, value: x}}}]", None),
        ("[{name: a}, {type: string}]", None),
        ("[{type: object, properties: {a: {type: string}}}]", {"type": "object", "properties": {"a": {}}}),
        (
            "[{name: a, type: string, description: The a.}, {name: b, type: array, items: {type: string}}]",
            {
                "type": "object",
                "properties": {"a": {"description": "The a."}, "b": {"type": ["array", "null"], "items": {}}},
            },
        ),
        (
            "[{properties: {o: {type: object, properties: {a: {}}}, s: {value: x, properties: {a: {}}}}}]",
            {"type": "object", "properties": {"o": {"type": ["object", "null"], "properties": {"a": {}}}, "s": {}}},
        ),
    ],
)
def test_a_schema_is_promised_only_where_every_result_fits_it(outputs, schema):
    assert output_schema(outputs_of(outputs)) == schema


NAMES = st.sampled_from(["a", "b", "c"])
MAPPINGS = st.sampled_from([None, "$", "$.", "$.a", "$.b.c", "$.a[0]", "$.a[*]", "$..b", "$.c.length()"])
PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["x", "5", "true"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=3),
    max_leaves=20,
)


def _output(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(NAMES, children, min_size=1, max_size=3)},
        optional={"mapping": MAPPINGS.filter(bool)},
    ) | st.fixed_dictionaries(
        {"type": st.just("array"), "items": children}, optional={"mapping": MAPPINGS.filter(bool)}
    )


SCALARS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean", "object", "array"])},
    optional={"mapping": MAPPINGS.filter(bool)},
) | st.fixed_dictionaries({"type": st.just("string"), "value": st.sampled_from(["s", "by {{a}}"])})
OUTPUTS = st.recursive(SCALARS, _output, max_leaves=8)


@given(st.lists(OUTPUTS, min_size=1, max_size=3), PAYLOADS, st.booleans())
def test_every_result_fits_the_schema_that_was_promised(written, payload, is_named):
    if is_named or len(written) > 1:
        written = [{**output, "name": f"n{index}"} for index, output in enumerate(written)]
    text = json.dumps(written)
    outputs = outputs_of(text)
    findings = findings_of()
    shape = compile_shape(outputs, (), variables_of(findings), findings)
    assert not findings.has_errors
    assert shape is not None
    result = shape(payload, {"a": "x"})
    json.dumps(result, allow_nan=False)
    schema = output_schema(outputs)
    if schema is not None:
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(result)
        Draft202012Validator(schema).validate(compile_mock(outputs, variables_of(findings), findings)({"a": "x"}))


def test_findings_of_a_shape_are_about_its_own_text():
    text = "[{type: string, mapping: '$.a['}]"
    findings: Findings = findings_of(f"outputParameters: {text}")
    compile_shape(outputs_of(text), (), variables_of(findings), findings)
    (found,) = findings.diagnostics
    assert (found.file, found.span.line) == ("part.yaml", 1)
    assert "`$.a[`: it is no JSONPath from `[` on" in found.message


def test_a_mapping_may_hold_a_variable():
    outputs = outputs_of("[{type: string, mapping: '$.{{FIELD}}.name'}]")
    findings = findings_of("outputParameters: [{mapping: x}]")
    shape = compile_shape(outputs, (), variables_of(findings, FIELD="o"), findings)
    assert shape({"o": {"name": "Ada"}}, {}) == "Ada"


def test_a_mapping_that_its_variables_break_is_told_without_their_values():
    outputs = outputs_of("[{type: string, mapping: '$.{{FIELD}}'}]")
    findings = findings_of("outputParameters: [{mapping: x}]")
    compile_shape(outputs, (), variables_of(findings, FIELD="s3cret["), findings)
    (found,) = findings.diagnostics
    assert found.message == "`$.{{FIELD}}`: it is no path once its variables are filled in"


def test_a_static_value_in_a_shape_may_hold_a_variable():
    outputs = outputs_of("[{name: a, type: string, value: 'in {{env.REGION}}'}, {name: b, type: string}]")
    findings = findings_of("outputParameters: [{value: x}]")
    shape = compile_shape(outputs, (), variables_of(findings, REGION="eu"), findings)
    assert shape({"b": "x"}, {}) == {"a": "in eu", "b": "x"}
