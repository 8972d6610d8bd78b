from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest

from tests.plan.ships import (
    CALL,
    capability,
    header,
    inputs,
    only_error,
    refused,
    request,
    tool,
    warnings,
)


def posted(body: str, more: str = "", **parts: str) -> str:
    """A capability that posts a body template."""
    return capability(f"body: {body}{', ' + more if more else ''}", method="POST", **parts)


JSON_BODIES = [
    ("{k: '{{a}}'}", {"a": 5}, b'{"k":5}'),
    ("{k: '{{tools.a}}'}", {"a": [1, {"x": None}]}, b'{"k":[1,{"x":null}]}'),
    ("{k: '{{rest.a}}'}", {"a": True}, b'{"k":true}'),
    ("{k: 'a {{a}} b'}", {"a": 'x"y'}, b'{"k":"a x\\"y b"}'),
    ("{k: '{{a}}', l: 1}", {}, b'{"l":1}'),
    ("{k: 'x{{a}}', l: 1}", {}, b'{"l":1}'),
    ("{k: {m: '{{a}}'}}", {}, b'{"k":{}}'),
    ("{k: ['{{a}}', 2]}", {"a": 1}, b'{"k":[1,2]}'),
    ("{k: ['{{a}}', 2]}", {}, b'{"k":[2]}'),
    ("{k: 1, l: true, m: null, n: text}", {}, b'{"k":1,"l":true,"m":null,"n":"text"}'),
    ("{type: json, data: {k: '{{a}}'}}", {"a": "{{b}}"}, b'{"k":"{{b}}"}'),
    ("{type: json, data: ['{{a}}']}", {"a": 1}, b"[1]"),
    ("{type: json, data: '{\"k\": {{a}}}'}", {"a": 5}, b'{"k":5}'),
    ('{type: json, data: \'{"k": "{{a}}"}\'}', {"a": 5}, b'{"k":5}'),
    (
        '{type: json, data: \'{"k": "x {{a}} \\" y", "l": [{{b}}]}\'}',
        {"a": "é", "b": 1},
        b'{"k":"x \xc3\xa9 \\" y","l":[1]}',
    ),
    ("{type: json, data: '{{a}}'}", {"a": {"x": 1}}, b'{"x":1}'),
    ('\'{"k": {{a}}, "l": 1, "m": {"n": null}}\'', {"a": "b"}, b'{"k":"b","l":1,"m":{"n":null}}'),
    ("'[{{a}}]'", {"a": 1}, b"[1]"),
    ("'{{a}}'", {"a": {"k": 1}}, b'{"k":1}'),
    ("['{{a}}']", {"a": 1}, b"[1]"),
]


@pytest.mark.parametrize(("body", "arguments", "sent"), JSON_BODIES)
def test_a_json_template_is_filled_as_a_structure(body, arguments, sent):
    made = request(tool(posted(body)), **arguments)
    assert (made.content, header(made, "content-type")) == (sent, "application/json")


def test_no_value_can_break_out_of_a_json_text():
    made = request(tool(posted('\'{"k": "{{a}}"}\'')), a='","admin":true,"x":"')
    assert made.content == b'{"k":"\\",\\"admin\\":true,\\"x\\":\\""}'


def test_a_json_template_that_is_one_absent_value_sends_no_body():
    made = request(tool(posted("{type: json, data: '{{a}}'}")))
    assert (made.content, header(made, "content-type")) == (None, None)


TEXT_BODIES = [
    ("{type: text, data: 'Ahoy {{a}} & {{b}}!'}", b"Ahoy 1 & <x>!", "text/plain; charset=utf-8"),
    ("'Ahoy {{a}}{{b}}'", b"Ahoy 1<x>", "text/plain; charset=utf-8"),
    ("'{{a}} and {{b}}'", b"1 and <x>", "text/plain; charset=utf-8"),
    ("'{ ship(id: {{a}}) { name{{b}} } }'", b"{ ship(id: 1) { name<x> } }", "text/plain; charset=utf-8"),
    ("{type: xml, data: '<s n=\"{{a}}\">{{b}}</s>'}", b'<s n="1">&lt;x&gt;</s>', "application/xml"),
    ("{type: sparql, data: 'SELECT ?s {{a}} {{b}}'}", b'SELECT ?s 1 "<x>"', "application/sparql-query"),
    ("{type: raw, data: '{{a}}{{b}}'}", b"1<x>", "text/plain; charset=utf-8"),
    ("{type: formUrlEncoded, data: 'a={{a}}&b={{b}}'}", b"a=1&b=%3Cx%3E", "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(("body", "sent", "kind"), TEXT_BODIES)
def test_a_text_template_is_filled_as_its_kind_asks(body, sent, kind):
    made = request(tool(posted(body)), a=1, b="<x>")
    assert (made.content, header(made, "content-type")) == (sent, kind)


@pytest.mark.parametrize(
    ("body", "value", "sent"),
    [
        ("{type: xml, data: '<s n=\"{{a}}\"/>'}", '"><evil x="', b'<s n="&quot;&gt;&lt;evil x=&quot;"/>'),
        ("{type: xml, data: '<s n=''{{a}}''/>'}", "' evil='", b"<s n='&apos; evil=&apos;'/>"),
        ("{type: formUrlEncoded, data: 'a={{a}}'}", "1&admin=true", b"a=1%26admin%3Dtrue"),
    ],
)
def test_no_value_can_break_out_of_a_text(body, value, sent):
    assert request(tool(posted(body)), a=value).content == sent


@pytest.mark.parametrize(
    ("data", "value", "text"),
    [
        ("<s><![CDATA[{{a}}]]></s>", "a < b & \"c\" 'd'", "a < b & \"c\" 'd'"),
        ("<s><![CDATA[{{a}}]]></s>", "]]><evil/>", "]]><evil/>"),
        ("<s><![CDATA[x]]{{a}}]]></s>", "><evil/>", "x]]><evil/>"),
        ("<s><![CDATA[x]{{a}}]]></s>", "]><evil/>", "x]]><evil/>"),
        ("<s><![CDATA[{{a}}> y]]></s>", "x]]", "x]]> y"),
        ("<s><![CDATA[{{a}}]]></s>", "x]", "x]"),
        ("<s><![CDATA[one]]><![CDATA[{{a}}]]></s>", "<x>", "one<x>"),
        ("<s><![CDATA[<!--]]>{{a}}</s>", "<x>", "<!--<x>"),
        ("<s>{{a}}</s>", "line\nbreak\t]]>", "line\nbreak\t]]>"),
    ],
)
def test_a_value_is_read_back_from_xml_as_it_was_given(data, value, text):
    element = fromstring(request(tool(posted(json.dumps({"type": "xml", "data": data}))), a=value).content)
    assert (list(element), element.text) == ([], text)


def test_no_value_ends_a_comment_of_xml():
    body = "{type: xml, data: '<s><!-- <![CDATA[ {{a}} --></s>'}"
    assert request(tool(posted(body)), a="--><x/>").content == b"<s><!-- <![CDATA[ --&gt;&lt;x/&gt; --></s>"


@pytest.mark.parametrize(("body", "sent", "kind"), TEXT_BODIES)
def test_variables_of_a_text_are_needed(body, sent, kind):
    assert refused(tool(posted(body)), {"a": 1}) == {"b": "is required"}


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"a": "x y&z", "b": [1, "é"]}, b"k=x+y%26z&l=1&l=%C3%A9"),
        ({"a": True}, b"k=true"),
        ({"a": {"m": 1}}, b"k=%7B%22m%22%3A1%7D"),
        ({"a": [None, 1]}, b"k=1"),
        ({}, b""),
    ],
)
def test_a_form_repeats_lists_and_leaves_out_what_is_absent(arguments, sent):
    body = "{type: formUrlEncoded, data: {k: '{{a}}', l: '{{b}}'}}"
    assert request(tool(posted(body)), **arguments).content == sent


def test_a_form_template_that_is_one_text_without_placeholders_is_sent_as_it_is():
    assert request(tool(posted("{type: formUrlEncoded, data: 'a=1&b=2'}"))).content == b"a=1&b=2"


@pytest.mark.parametrize("kind", ["raw", "text", "xml"])
def test_a_structure_where_a_text_is_needed_is_one_error(kind):
    assert only_error(posted(f"{{type: {kind}, data: {{k: '{{{{a}}}}'}}}}")).code == "NK2003"


def test_variables_in_a_body_are_filled_in():
    assert request(tool(posted("{k: '{{USER}}', l: '{{env.HOST}}'}"))).content == b'{"k":"ada","l":"north.invalid"}'


def test_a_fixed_content_type_replaces_the_templates():
    text = posted("{type: text, data: hi}", "inputParameters: [{name: Content-Type, in: header, value: text/markdown}]")
    assert header(request(tool(text)), "content-type") == "text/markdown"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("{k: 'x{{a'}", "`{{`"),
        ("{type: json, data: '{\"k\": }'}", "no JSON"),
        ("'{\"k\": {{a}'", ""),
        ("{type: json, data: '[1, {{a}} {{b}}]'}", "no JSON"),
    ],
)
def test_a_malformed_template_is_refused_at_its_text(body, word):
    found = only_error(posted(body))
    assert found.code == "NK4002"
    assert word in found.message


@pytest.mark.parametrize(
    ("body", "code", "below"),
    [
        ("{data: {k: x, l: ['{{a}}', '{{b']}}", "NK4002", ("data", "l", 1)),
        ("{data: '{{a'}", "NK4002", ("data",)),
        ("{data: {k: '{{env.USRE}}'}}", "NK6002", ("data", "k")),
        ("{data: {k: {l: '{{USRE}}'}}}", "NK6002", ("data", "k", "l")),
    ],
)
def test_what_is_wrong_in_a_body_is_told_at_its_text(body, code, below):
    found = only_error(posted(body))
    assert found.code == code
    assert found.pointer.endswith("/".join(["/body", *map(str, below)]))


def test_what_is_given_to_a_body_that_cant_be_read_is_not_told_as_well():
    assert only_error(posted("{k: '{{a'}", tool=f"{CALL}, with: {{a: tools.a}}")).code == "NK4002"


def test_a_body_input_that_the_template_uses_is_sent_there_alone():
    text = posted("{data: '{{note}}'}", "inputParameters: [{name: note, in: body, type: string, required: true}]")
    function = tool(text)
    assert request(function, note="x").content == b'"x"'
    assert refused(function, {}) == {"note": "is required"}


def test_a_body_input_that_the_template_uses_is_no_field_beside_it():
    text = posted("{type: json, data: {k: '{{note}}'}}", "inputParameters: [{name: note, in: body, type: string}]")
    assert request(tool(text), note="x").content == b'{"k":"x"}'
    assert warnings(text, "NK4005") == []


def test_body_inputs_that_the_template_does_not_use_are_fields_beside_its_own():
    text = posted("{type: json, data: {k: '{{a}}'}}", "inputParameters: [{name: note, in: body, type: string}]")
    function = tool(text)
    assert request(function, a=1, note="x").content == b'{"k":1,"note":"x"}'
    assert request(function).content == b"{}"
    assert "{{note}}" in warnings(text, "NK4005")[0].help


def test_body_inputs_beside_a_text_are_told_not_to_be_sent():
    text = posted("{type: text, data: hi}", "inputParameters: [{name: note, in: body, type: string}]")
    assert request(tool(text), note="x").content == b"hi"
    assert "not sent" in warnings(text, "NK4005")[0].help


def test_fields_beside_a_constant_template_follow_the_caller():
    text = posted("{type: json, data: {k: 1}}", "inputParameters: [{name: note, in: body, type: string}]")
    assert [request(tool(text), **given).content for given in ({}, {"note": "x"})] == [
        b'{"k":1}',
        b'{"k":1,"note":"x"}',
    ]


def test_a_template_variable_that_is_also_a_query_input_is_sent_in_both_places():
    text = posted("{k: '{{q}}'}", "inputParameters: [{name: q, in: query}]")
    made = request(tool(text), q="x")
    assert (made.url.partition("?")[2], made.content) == ("q=x", b'{"k":"x"}')


def test_a_template_variable_one_slip_away_from_an_input_is_refused():
    text = posted("{k: '{{qurey}}'}", "inputParameters: [{name: query, in: query}]")
    found = only_error(text)
    assert (found.code, found.help) == ("NK4003", "did you mean `{{query}}`?")


def test_a_plural_is_no_slip():
    text = posted("{k: '{{tags}}'}", "inputParameters: [{name: tag, in: query}]")
    assert set(inputs(tool(text))) == {"tag", "tags"}


def test_with_supplies_template_variables():
    text = posted("{k: '{{note}}', l: '{{rest}}'}", tool=f"{CALL}, with: {{note: tools.text, rest: 5}}")
    assert request(tool(text), text="x").content == b'{"k":"x","l":5}'


def test_a_sole_body_input_is_the_document():
    text = capability("inputParameters: [{name: body, in: body}]", method="POST")
    function = tool(text)
    assert request(function, body={"k": 1}).content == b'{"k":1}'
    assert request(function, body=None).content == b"null"
    assert (request(function).content, header(request(function), "content-type")) == (None, None)


def test_several_body_inputs_are_fields_of_one_object():
    text = capability("inputParameters: [{name: a, in: body}, {name: b, in: body}]", method="POST")
    function = tool(text)
    assert request(function, a=1, b=None).content == b'{"a":1,"b":null}'
    assert request(function, b=2).content == b'{"b":2}'
    assert request(function).content is None


def test_a_sole_body_input_of_another_name_and_type_is_a_field():
    text = capability("inputParameters: [{name: note, in: body, type: string}]", method="POST")
    assert request(tool(text), note="x").content == b'{"note":"x"}'


def test_a_get_sends_a_body_only_when_the_caller_gave_one():
    function = tool(capability("inputParameters: [{name: body, in: body, type: object}]"))
    assert (request(function).content, request(function, body={}).content) == (None, b"{}")


@pytest.mark.parametrize("value", ["\ud800", float("nan"), {1, 2}])
def test_what_json_can_not_say_is_refused(value):
    text = capability("inputParameters: [{name: a, in: body}, {name: b, in: body}]", method="POST")
    assert "body" in refused(tool(text), {"a": value, "b": 2**70})


def test_a_value_nested_beyond_reason_is_refused():
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    text = capability("inputParameters: [{name: body, in: body}]", method="POST")
    assert "body" in refused(tool(text), {"body": deep})


def test_a_kind_that_does_not_exist_is_told_once():
    assert only_error(posted("{type: yaml, data: x}")).code == "NK2004"


def test_a_query_without_variables_is_sent_as_it_is():
    assert request(tool(posted("{type: sparql, data: 'ASK {}'}"))).content == b"ASK {}"


def test_a_value_that_xml_does_not_allow_is_refused_by_its_field():
    function = tool(posted("{type: xml, data: '<s>{{a}}</s>'}"))
    assert refused(function, {"a": "x\x00"}) == {"a": "must not hold characters that XML does not allow"}


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (
            "{type: formUrlEncoded, data: {a: 1.10, b: 007, c: -2, d: 1e3, e: true, f: 0x1F}}",
            b"a=1.10&b=007&c=-2&d=1000.0&e=true&f=31",
        ),
        ("{type: json, data: {a: 1.10}}", b'{"a":1.1}'),
    ],
)
def test_a_number_travels_as_text_as_it_is_written(body, sent):
    assert request(tool(posted(body))).content == sent


@pytest.mark.parametrize(
    ("declared", "sent"),
    [("", "1.10"), (", type: string", "1.10"), (", type: number", "1.1")],
)
def test_a_fixed_number_of_a_header_travels_as_it_is_written(declared, sent):
    text = capability(f"inputParameters: [{{name: X-Version, in: header, value: 1.10{declared}}}]")
    assert header(request(tool(text)), "x-version") == sent
