"""Static values answer where no upstream does, in their declared type (language §5.6)."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.outputs.static import compile_mock, compile_static, has_static, static_inputs
from tests.plan.written import findings_of, outputs_of, variables_of


def mocked(text: str, **arguments: object) -> object:
    findings = findings_of(f"outputParameters: {text}")
    answer = compile_mock(outputs_of(text), variables_of(findings), findings)
    assert findings.diagnostics == ()
    return answer(arguments)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[{type: string, value: hello}]", "hello"),
        ("[{name: a, type: string, value: hello}]", {"a": "hello"}),
        ("[{name: a, type: integer, value: '5'}, {name: b, type: boolean, value: 'true'}]", {"a": 5, "b": True}),
        ("[{name: a, type: string, value: 5}]", {"a": "5"}),
        ("[{name: a, type: string, const: 5}]", {"a": "5"}),
        ("[{name: a, value: 5}]", {"a": 5}),
        ("[{name: a, type: string, value: null}]", {"a": None}),
        ("[{name: a, type: string, value: x}, {name: b, type: string, mapping: $.b}]", {"a": "x", "b": None}),
        ("[{type: string, value: x}, {name: b, type: string}]", {"value": "x", "b": None}),
        ("[{type: object, properties: {a: {type: number, value: '2.5'}, b: {type: string}}}]", {"a": 2.5, "b": None}),
        ("[{name: l, type: array, items: {type: object, properties: {a: {value: x}}}}]", {"l": [{"a": "x"}]}),
        ("[{type: array, items: {type: integer, value: 1}}]", [1]),
        ("[]", {}),
    ],
)
def test_a_mock_answers_its_static_values(text, answer):
    assert mocked(text) == answer


@pytest.mark.parametrize(
    ("text", "arguments", "answer"),
    [
        ("[{type: string, value: 'hi {{name}}'}]", {"name": "ada"}, "hi ada"),
        ("[{type: string, value: 'hi {{tools.name}}'}]", {"name": "ada"}, "hi ada"),
        ("[{type: string, value: 'hi {{first-name}}'}]", {"firstName": "ada"}, "hi ada"),
        ("[{type: string, value: 'hi {{user.name}}{{tags[5]}}'}]", {"user": {"name": "ada"}, "tags": []}, "hi ada"),
        ("[{type: integer, value: '{{tags[0]}}'}]", {"tags": ["5"]}, 5),
        ("[{type: string, value: 'hi {{name}}'}]", {}, "hi "),
        ("[{type: string, value: '{{name}}'}]", {}, None),
        ("[{type: string, value: '{{n}}'}]", {"n": 5}, "5"),
        ("[{type: integer, value: '{{n}}'}]", {"n": 5}, 5),
        ("[{type: integer, value: '{{n}}'}]", {"n": "many"}, "many"),
        ("[{value: '{{n}}'}]", {"n": [1]}, [1]),
        ("[{value: '{{a}}:{{b}}'}]", {"a": True, "b": [1]}, "true:[1]"),
        ("[{type: string, value: '{{name}}'}]", {"name": "{{SECRET}}"}, "{{SECRET}}"),
    ],
)
def test_placeholders_are_filled_with_the_arguments_and_never_read_again(text, arguments, answer):
    assert mocked(text, **arguments) == answer


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[{type: integer, value: many}]", "NK5005", "the static value must be a whole number, got the text 'many'"),
        ("[{type: boolean, value: 1}]", "NK5005", "the static value must be true or false"),
        ("[{type: string, value: 'hi {{name'}]", "NK4002", "malformed placeholder"),
    ],
)
def test_a_value_that_can_never_be_right_is_told_and_compiles_to_null(text, code, words):
    findings = findings_of(f"outputParameters: {text}")
    build = compile_static(outputs_of(text)[0], variables_of(findings), findings)
    assert build(None, {}) is None
    (found,) = findings.diagnostics
    assert (found.code, found.pointer) == (code, "/outputParameters/0/value")
    assert words in found.message


@pytest.mark.parametrize("placeholder", ["x", "tools.x", "rest.x", "$this.x"])
def test_a_placeholder_names_an_input_with_or_without_its_face(placeholder):
    assert mocked(f"[{{type: string, value: '{{{{{placeholder}}}}}'}}]", x="given") == "given"


@pytest.mark.parametrize("placeholder", ["REGION", "env.REGION"])
def test_a_placeholder_of_a_declared_variable_is_the_variable_and_no_input(placeholder):
    text = f"[{{type: string, value: 'in {{{{{placeholder}}}}}'}}]"
    findings = findings_of(f"outputParameters: {text}")
    variables = variables_of(findings, REGION="{{x}}")
    answer = compile_mock(outputs_of(text), variables, findings)
    assert answer({"x": "never", "REGION": "never"}) == "in {{x}}"
    assert static_inputs(outputs_of(text), variables) == ()


def test_a_placeholder_of_an_undeclared_variable_is_told():
    text = "[{type: string, value: 'in {{env.REGION}}'}]"
    findings = findings_of(f"outputParameters: {text}")
    variables = variables_of(findings)
    answer = compile_mock(outputs_of(text), variables, findings)
    assert static_inputs(outputs_of(text), variables) == ()
    assert [(item.code, item.pointer) for item in findings.diagnostics] == [("NK6002", "/outputParameters/0/value")]
    assert answer({}) == "in "


def test_the_inputs_of_static_values_are_found_once_in_order_at_any_depth():
    text = (
        "[{type: object, properties: {a: {value: '{{z}} {{tools.y}}'}, b: {value: '{{broken'}, c: {value: 5}}},"
        " {type: array, items: {value: '{{x}}{{z}}'}}, {mapping: $.a}]"
    )
    assert static_inputs(outputs_of(text), variables_of(findings_of())) == ("z", "y", "x")


@pytest.mark.parametrize(
    ("text", "is_static"),
    [
        ("[]", False),
        ("[{type: string, mapping: $.a}]", False),
        ("[{type: string, value: x}]", True),
        ("[{type: string, const: x}]", True),
        ("[{type: object, properties: {a: {mapping: $.a}, b: {value: x}}}]", True),
        ("[{type: object, properties: {a: {}}}]", False),
        ("[{type: array, items: {type: object, properties: {b: {value: x}}}}]", True),
        ("[{type: array, items: {type: string}}]", False),
    ],
)
def test_a_static_value_at_any_depth_makes_a_mock(text, is_static):
    assert has_static(outputs_of(text)) is is_static
