from __future__ import annotations

import pytest

from naftiko_runtime.errors import ArgumentError
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import Function, Mock
from tests.plan.ships import CALL, capability, codes, compiled, inputs, marked, only_error, rest, tool

ANY = "outputParameters: [{type: object, mapping: $.}]"


def answer(function: Function, /, **arguments: object) -> object:
    """What a mock answers."""
    assert isinstance(function.action, Mock)
    return function.action.answer(function.admit(arguments))


def mocked(outputs: str, more: str = "") -> str:
    """A capability whose exposed operation answers from static values."""
    return capability(exposed=f"outputParameters: {outputs}{', ' + more if more else ''}")


def test_a_function_knows_its_names_and_where_it_is_written():
    function = rest(capability())
    assert (function.capability, function.namespace, function.name) == ("Ships", "ships-rest", "find-ship")
    assert function.qualified_name == "ships-rest.find-ship"
    assert str(function.origin) == "ships.yaml:18:10"


def test_a_call_knows_what_it_calls():
    target = tool(capability(path="/ships/{id}")).action.target
    assert str(target) == "GET /ships/{id} (ships.ship.find)"
    assert (str(target.origin), target.evidence) == ("ships.yaml:8:10", ())


@pytest.mark.parametrize(
    ("outputs", "identity", "words"),
    [
        ("", False, "none: the upstream's body passes as it is"),
        (ANY, True, "object ← $."),
        ("outputParameters: [{type: array, mapping: $.data}]", False, "array ← $.data"),
        (
            "outputParameters: [{type: object, mapping: $.a, properties: {b: {type: string, mapping: $.b}}}]",
            False,
            "object ← $.a {b}",
        ),
        (
            "outputParameters: [{name: a, type: string, mapping: $.x}, {name: b, type: number, value: 5}]",
            False,
            "a: string ← $.x; b: number (static)",
        ),
    ],
)
def test_a_call_tells_how_its_result_is_mapped(outputs, identity, words):
    action = tool(capability(tool=f"{CALL}, {outputs}" if outputs else CALL)).action
    assert (action.identity, action.mapping, action.shape is None) == (identity, words, outputs == "")


@pytest.mark.parametrize("kind", ["text", "binary"])
def test_a_whole_document_that_is_not_decoded_passes_as_it_is(kind):
    action = tool(capability(f"outputRawFormat: {kind}", tool=f"{CALL}, {ANY}")).action
    assert (action.shape, action.identity, action.format) == (None, False, kind)


@pytest.mark.parametrize("kind", ["xml", "csv", "tsv", "psv", "yaml", "html", "markdown", "avro", "text"])
def test_outputs_of_another_format_are_decoded_by_its_decoder(kind):
    action = tool(capability(f"outputRawFormat: {kind}", tool=f"{CALL}, outputParameters: [{{type: string}}]")).action
    assert (action.shape is None, action.identity, action.decode is None) == (False, False, False)


def test_a_whole_document_of_another_format_is_no_identity():
    assert tool(capability("outputRawFormat: csv", tool=f"{CALL}, {ANY}")).action.identity is False


def test_outputs_of_bytes_shape_nothing_and_that_is_told():
    text = capability("outputRawFormat: binary", tool=f"{CALL}, outputParameters: [{{type: string, mapping: $.a}}]")
    found = compiled(text)
    assert found.plan.mcp[0].tools[0].function.action.shape is None
    (told,) = [item for item in found.diagnostics if item.code == "NK5012"]
    assert (told.is_error, marked(text, told)) == (False, "outputParameters")


@pytest.mark.parametrize("kind", ["xml", "csv", "text", "binary"])
def test_without_outputs_every_format_of_the_language_passes(kind):
    assert tool(capability(f"outputRawFormat: {kind}")).action.shape is None


def test_an_unknown_format_is_told_once():
    text = capability("outputRawFormat: jason", tool=f"{CALL}, {ANY}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK2004", "jason")


# --- mocks


def test_a_mock_answers_typed_static_values():
    text = mocked(
        "[{type: object, properties: {n: {type: number, value: '1.5'}, b: {type: boolean, value: 'true'}, "
        "l: {type: array, items: {type: string, value: x}}}}]"
    )
    assert answer(rest(text)) == {"n": 1.5, "b": True, "l": ["x"]}


def test_several_named_values_are_one_object():
    text = mocked("[{name: a, type: string, value: x}, {name: b, type: number, value: 5}]")
    assert answer(rest(text)) == {"a": "x", "b": 5}


def test_a_mock_takes_the_inputs_its_values_name():
    text = mocked("[{name: a, type: string, value: 'Ahoy {{name}}'}, {name: n, type: number, value: '{{rest.count}}'}]")
    function = rest(text)
    assert [(item.name, item.place, item.required) for item in function.inputs] == [
        ("name", Place.QUERY, False),
        ("count", Place.QUERY, False),
    ]
    assert answer(function, name="Ada", count="3") == {"a": "Ahoy Ada", "n": 3}


def test_a_mock_takes_the_placeholders_of_its_path():
    text = capability(
        route="/ships/{ship-id}", exposed="outputParameters: [{name: a, type: string, value: '{{shipId}}'}]"
    )
    function = rest(text)
    assert list(inputs(function)) == ["ship-id"]
    assert answer(function, **{"ship-id": "7"}) == {"a": "7"}


def test_a_mock_admits_its_declared_inputs_as_a_call_does():
    text = mocked(
        "[{name: a, type: string, value: '{{n}}'}]",
        "inputParameters: [{name: n, in: query, type: integer, required: true}]",
    )
    with pytest.raises(ArgumentError, match="n: is required"):
        answer(rest(text))


def test_a_value_that_names_none_of_the_declared_inputs_is_refused():
    text = mocked(
        "[{name: a, type: string, value: '{{naem}}'}]", "inputParameters: [{name: name, in: query, type: string}]"
    )
    found = only_error(text)
    assert found.code == "NK4003"
    assert found.help == "did you mean `{{name}}`? inputs here: name"


def test_a_value_far_from_every_declared_input_is_refused_without_a_guess():
    text = mocked(
        "[{name: a, type: string, value: '{{zzz}}'}]", "inputParameters: [{name: name, in: query, type: string}]"
    )
    assert only_error(text).help == "inputs here: name"


def test_a_static_value_beside_a_call_takes_its_inputs_too():
    outputs = "outputParameters: [{name: who, type: string, value: '{{me}}'}, {name: a, type: string, mapping: $.a}]"
    function = tool(capability(tool=f"{CALL}, {outputs}"))
    assert list(inputs(function)) == ["me"]
    assert function.action.shape({"a": "x"}, function.admit({"me": "Ada"})) == {"who": "Ada", "a": "x"}


def test_an_operation_that_neither_calls_nor_answers_is_refused_where_it_stands():
    text = capability(exposed="description: Nothing.")
    found = only_error(text)
    assert (found.code, found.pointer) == ("NK3010", "/capability/exposes/0/resources/0/operations/0")


def test_two_exposed_inputs_that_fold_to_one_name_are_refused():
    text = capability(
        "inputParameters: [{name: a_b, in: query}]",
        tool=f"{CALL}, inputParameters: [{{name: a_b, type: string, description: A.}}, "
        "{name: aB, type: string, description: B.}]",
    )
    assert codes(compiled(text)) == ["NK4004"]


def test_an_input_schema_declares_the_inputs_of_a_tool():
    schema = "inputSchema: {type: object, properties: {q: {type: string}, n: {type: integer}}, required: [q]}"
    text = capability("inputParameters: [{name: q, in: query}, {name: n, in: query}]", tool=f"{CALL}, {schema}")
    function = tool(text)
    assert function.input_schema == {
        "type": "object",
        "properties": {"q": {"type": "string"}, "n": {"type": "integer"}},
        "required": ["q"],
        "additionalProperties": False,
    }


def test_an_optional_variable_of_a_body_is_no_required_input_that_was_forgotten():
    operation = "inputParameters: [{name: a, in: body}], body: {type: json, data: {x: '{{a}}'}}"
    text = capability(operation, method="POST", tool=f"{CALL}, inputParameters: [{{name: b, type: string}}]")
    assert "NK4006" not in {item.code for item in compiled(text).diagnostics}
    assert list(inputs(tool(text))) == ["b", "a"]
