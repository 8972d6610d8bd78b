"""What steps are told at load: what may be referred to, what waits for what, and every mistake at its place."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.spec.load import read_text
from tests.plan.ships import SET, compiled, errors, inputs, marked, plan, warnings
from tests.plan.voyages import CREW, FIND, IMO, LOOK, orchestration, text, tool


def count(value: str, name: str = "count") -> str:
    """A step that hands a value to a consumed operation."""
    return f"{{name: {name}, type: call, call: registry.count, with: {{of: {value}}}}}"


def told(written: str) -> tuple[str, str, str, str]:
    """Code, marked text, message and help of the first error; the tool and the operation have the same mistakes."""
    found = [item for item in compiled(written).diagnostics if item.is_error]
    assert found
    assert {item.code for item in found} == {found[0].code}
    return found[0].code, marked(written, found[0]), found[0].message, found[0].help or ""


# --- what steps are


def test_a_function_of_steps_has_the_inputs_that_its_steps_need():
    written = text(
        "{name: a, type: call, call: registry.find-ship}",
        "{name: b, type: call, call: registry.count, with: {of: tools.of, limit: '{{limit}}'}}",
        tool="",
    )
    made = tool(written)
    assert [(item.name, item.required, item.schema) for item in made.inputs] == [
        ("imo", True, {"type": "string"}),
        ("of", True, {}),
        ("limit", False, {"type": "integer"}),
    ]


def test_an_operation_of_steps_reads_its_inputs_where_they_are_said():
    made = plan(text(FIND, count("rest.query.kind"), tool="", route="/ships/{imo}")).rest[0].routes[0].function
    assert [(item.name, item.place) for item in made.inputs] == [("imo", Place.PATH), ("kind", Place.QUERY)]


@pytest.mark.parametrize(("method", "place"), [("GET", Place.QUERY), ("POST", Place.BODY)])
def test_an_input_that_only_a_lookup_or_a_mapping_names_is_read_from_query_or_body(method, place):
    look = "{name: look, type: lookup, index: list-crew, match: id, lookupValue: '{{id}}', outputParameters: [name]}"
    written = text(CREW, look, tool="", mappings="n={{note}}", method=method)
    made = plan(written).rest[0].routes[0].function
    assert [(item.name, item.place, item.required) for item in made.inputs] == [
        ("rank", Place.QUERY, False),
        ("id", place, False),
        ("note", place, False),
    ]


def test_what_is_declared_flows_by_name_into_every_step():
    written = text(
        "{name: a, type: call, call: registry.list-ships}",
        "{name: b, type: call, call: registry.list-crew}",
        tool="inputParameters: [{name: flag, type: string}]",
    )
    assert list(inputs(tool(written))) == ["flag"]


def test_a_placeholder_of_a_step_may_lead_into_a_declared_input():
    written = text(
        count("'{{user.kind}}'"), tool="inputParameters: [{name: user, type: object}]", mappings="a={{user.name}}"
    )
    assert list(inputs(tool(written))) == ["user"]


@pytest.mark.parametrize(
    ("steps", "needs", "is_sequence"),
    [
        ((FIND, CREW, LOOK), [(), (), (0, 1)], False),
        ((FIND, count("$.find-ship.name")), [(), (0,)], True),
        ((FIND, CREW, count("$.find-ship.name")), [(), (), (0,)], False),
        ((FIND, "{name: sail, type: call, call: registry.sail}", CREW, LOOK), [(), (0,), (1,), (0, 1, 2)], True),
        ((CREW, LOOK.replace("$.find-ship.crew", "x"), FIND), [(), (0,), ()], False),
        ((FIND, count("$.find-ship.name", "a"), count("$.a.of", "b")), [(), (0,), (1,)], True),
    ],
)
def test_steps_wait_for_what_they_use_and_for_what_changes_something(steps, needs, is_sequence):
    made = orchestration(text(*steps))
    assert ([step.needs for step in made.steps], made.is_sequence) == (needs, is_sequence)


def test_the_schema_of_a_result_is_that_of_its_outputs():
    outputs = "[{name: imo, type: string}, {name: crew, type: array, items: [{name: rank, type: string}]}]"
    assert tool(text(FIND, CREW, mappings="imo=$.find-ship.imo; crew=$.list-crew", outputs=outputs)).output_schema == {
        "type": "object",
        "properties": {
            "imo": {},
            "crew": {
                "type": ["array", "null"],
                "items": {"type": ["object", "null"], "properties": {"rank": {}}},
            },
        },
    }


@pytest.mark.parametrize("outputs", ["", "[{type: object, mapping: $.}]"])
def test_a_result_without_named_outputs_has_no_schema(outputs):
    assert tool(text(FIND, outputs=outputs)).output_schema is None


def test_steps_of_a_function_are_run_for_what_refers_to_it():
    written = text(FIND, CREW).replace(
        "  exposes:\n",
        "  aggregates:\n  - label: A\n    namespace: a\n    functions:\n    - name: go\n      description: D.\n"
        f"      {IMO}\n      steps:\n      - {FIND.replace('tools.imo', 'a.imo')}\n  exposes:\n",
    )
    start = written.index("      steps:\n", written.index("    tools:"))
    end = written.index("  - type: rest")
    made = tool(written[:start].replace(f"description: Runs.\n      {IMO}\n", "ref: a.go\n") + written[end:])
    assert list(inputs(made)) == ["imo"]
    assert made.description == "D."


# --- what is wrong


@pytest.mark.parametrize(
    ("value", "mark", "message", "help_text"),
    [
        ("$.find-shp.name", "$.find-shp.name", "`$.find-shp.name` refers to no step: none is called `find-shp`",
         "did you mean `$.find-ship.name`? steps before this: find-ship"),
        ("'{{find-shp.name}}'", "'{{find-shp.name}}'",
         "`{{find-shp.name}}` refers to no step: none is called `find-shp`",
         "did you mean `{{find-ship.name}}`? steps before this: find-ship"),
        ("$.zzz", "$.zzz", "`$.zzz` refers to no step: none is called `zzz`", "steps before this: find-ship"),
        ("$.later.name", "$.later.name", "`$.later.name` refers to a step that runs later",
         "steps before this: find-ship"),
        ("$.count.name", "$.count.name", "`$.count.name` refers to the result of the step it belongs to",
         "steps before this: find-ship"),
        ("'a {{later[0].x}}'", "'a {{later[0].x}}'", "`a {{later[0].x}}` refers to a step that runs later",
         "steps before this: find-ship"),
    ],
)  # fmt: skip
def test_a_reference_to_no_earlier_step_is_refused(value, mark, message, help_text):
    written = text(FIND, count(value), "{name: later, type: call, call: registry.list-crew}")
    assert told(written) == ("NK3021", mark, message, help_text)


def test_the_first_step_has_none_before_it():
    assert told(text(count("$.x.y")))[3] == "there is no step before this"


@pytest.mark.parametrize("index", ["find-shp", "look", "later"])
def test_a_lookup_in_no_earlier_step_is_refused_at_the_index(index):
    look = f"{{name: look, type: lookup, index: {index}, match: id, lookupValue: x, outputParameters: [name]}}"
    written = text(FIND, look, "{name: later, type: call, call: registry.list-crew}")
    assert told(written)[:2] == ("NK3021", index)


@pytest.mark.parametrize(
    ("value", "message", "help_text"),
    [
        ("$.look.nmae", "`$.look.nmae`: the result of the step `look` has no `nmae`",
         "did you mean `name`? it has: name"),
        ("$.shaped.zzz", "`$.shaped.zzz`: the result of the step `shaped` has no `zzz`", "it has: who"),
    ],
)  # fmt: skip
def test_a_field_that_a_result_never_has_is_refused(value, message, help_text):
    more = "{name: shaped, path: /s, method: GET, outputParameters: [{name: who, type: string, value: $.a}]}"
    shaped = "{name: shaped, type: call, call: registry.shaped}"
    written = text(FIND, CREW, LOOK, shaped, count(value), operations=more)
    assert told(written)[2:] == (message, help_text)


@pytest.mark.parametrize("value", ["$.look.name", "'$.look[0].name'", "'$.look[*].x'", "$.look", "$.look.length()"])
def test_a_field_that_a_result_may_have_is_no_mistake(value):
    assert errors(compiled(text(FIND, CREW, LOOK, count(value)))) == []


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("'$.find-ship[?('", "NK5001", "`$.find-ship[?(`: "),
        ("'$.find-ship[(@.length-1)]'", "NK5002", "`$.find-ship[(@.length-1)]`: "),
        ("$..name", "NK5001", "`$..name`: it begins with no name"),
        ("'$.[0]'", "NK5001", "`$.[0]`: it begins with no name"),
        ("'$.find-ship.{{imo}}'", "NK4014", "`$.find-ship.{{imo}}`: a path holds no placeholders"),
        ("'{{find-ship.name'", "NK4002", "malformed placeholder: "),
    ],
)
def test_a_path_that_is_none_is_refused(value, code, message):
    found = told(text(FIND, count(value)))
    assert found[0] == code
    assert found[2].startswith(message)


def test_a_placeholder_that_could_be_an_input_or_a_step_is_refused():
    found = told(text(FIND.replace("name: find-ship", "name: imo"), count("'{{imo}}'")))
    assert found[0] == "NK3021"
    assert found[3] == "write `$.imo` for the step, `tools.imo` for the input"


def test_a_text_that_looks_like_a_result_is_told():
    (found, *_) = warnings(text(FIND, count("find-ship.name")), "NK4015")
    assert found.message == "`find-ship.name` is only a text here, and not what the step `find-ship` gives"
    assert found.help == "write `$.find-ship.name` if that is meant"


@pytest.mark.parametrize("value", ["some.text", "find-ship", "'find-ship. Then'", "5"])
def test_other_texts_are_not_told(value):
    assert warnings(text(FIND, count(value)), "NK4015") == []


def test_two_steps_of_one_name_are_refused_at_the_second():
    written = text(FIND, FIND)
    assert told(written)[:3] == ("NK3019", "find-ship", "another step is called `find-ship` already")


def test_references_to_one_of_two_steps_of_one_name_are_not_told_as_well():
    first = "{name: a, type: lookup, index: list-crew, match: id, lookupValue: x, outputParameters: [name]}"
    written = text(CREW, first, "{name: a, type: call, call: registry.list-crew}", count("$.a.rank"))
    assert told(written)[:2] == ("NK3019", "a")
    swapped = text(CREW, "{name: a, type: call, call: registry.list-crew}", first, count("$.a.rank"))
    assert told(swapped)[:2] == ("NK3019", "a")


@pytest.mark.parametrize(
    ("step", "code", "mark"),
    [
        ("{name: s, type: call, call: registry.fnid-ship}", "NK3001", "registry.fnid-ship"),
        ("{name: s, type: call, call: other.x}", "NK3002", "other.x"),
        ("{name: s, type: call, call: find-ship}", "NK3003", "find-ship"),
        ("{name: s, type: call, call: run}", "NK3003", "run"),
        ("{name: s, type: call, call: registry.list-crew, with: {rnk: 1}}", "NK4001", "rnk"),
        ("{name: s, type: call, call: registry.count, with: {of: tools.x}}", "NK4007", "tools.x"),
        ("{name: s, type: call, call: registry.count, with: {of: '{{env.X}}'}}", "NK6002", "'{{env.X}}'"),
        ("{name: s, type: lookup, index: find-ship, match: a, outputParameters: [x]}", "NK2002", "name"),
        ("{name: s, type: call}", "NK2002", "name"),
        ("{name: s, type: walk}", "NK2004", "walk"),
    ],
)
def test_what_is_wrong_in_a_step_is_told_at_its_place(step, code, mark):
    written = text(FIND, step, mappings="a=$.s.x")
    assert told(written)[:2] == (code, mark)


@pytest.mark.parametrize(
    ("field", "taken", "mark"), [("id", "[name]", "id"), ("name", "[name, rank]", "rank"), ("name", "[name]", "")]
)
def test_a_lookup_in_what_a_lookup_gave_has_its_fields_alone(field, taken, mark):
    again = f"{{name: again, type: lookup, index: look, match: {field}, lookupValue: x, outputParameters: {taken}}}"
    written = text(FIND, CREW, LOOK, again, mappings="a=$.again")
    if not mark:
        assert errors(compiled(written)) == []
        return
    assert told(written)[:2] == ("NK3021", mark)
    assert told(written)[2] == f"`{mark}`: the result of the step `look` has no `{mark}`"


@pytest.mark.parametrize(
    ("mappings", "mark"),
    [("a=$.find-ship.x; a=$.find-ship.y", '"a"'), ("a.b=$.find-ship.x; a=$.find-ship.y", "a"),
     ("a=$.find-ship.x; a.b=$.find-ship.y", "a.b")],
)  # fmt: skip
def test_two_mappings_of_one_place_are_refused(mappings, mark):
    found = told(text(FIND, mappings=mappings))
    assert (found[0], found[1]) == ("NK5008", mark.strip('"'))


def test_a_mapping_of_no_step_is_refused_at_its_value():
    assert told(text(FIND, mappings="a=$.crew.x"))[:2] == ("NK3021", "'$.crew.x'")


def test_an_output_that_no_mapping_fills_is_told():
    written = text(
        FIND, mappings="imo=$.find-ship.imo", outputs="[{name: imoo, type: string}, {type: string, value: x}]"
    )
    found = warnings(written, "NK5009")
    assert found[0].message == "no mapping fills the output `imoo`: it is null"
    assert found[0].help == "did you mean `imo`? mappings fill: imo"


def test_an_output_far_from_every_mapping_is_told_without_a_guess():
    (found, *_) = warnings(text(FIND, mappings="imo=$.find-ship.imo", outputs="[{name: zzz, type: string}]"), "NK5009")
    assert found.help == "mappings fill: imo"


def test_where_a_mapping_is_flawed_nothing_is_said_of_what_none_fills():
    written = text(FIND, mappings="imo=$.find-ship.imo", outputs="[{name: imo, type: string}]")
    made = compiled(written.replace("targetName: imo", "targetname: imo"))
    assert "NK5009" not in {item.code for item in made.diagnostics}


def test_steps_beside_a_call_are_refused():
    assert told(text(FIND, tool=f"call: registry.list-crew\n      {IMO}", rest=IMO))[:2] == ("NK3020", "steps")


def test_bytes_are_no_result_of_a_step():
    more = "{name: page, path: /p, method: GET, outputRawFormat: binary}"
    written = text("{name: p, type: call, call: registry.page}", operations=more, tool="")
    assert told(written)[:2] == ("NK2008", "registry.page")


def test_no_steps_are_none():
    assert told(text("").replace("      - \n", "      []\n"))[0] in ("NK1004", "NK3010")


# --- served in part


def test_a_broken_step_takes_out_its_own_function_alone():
    written = text(FIND).replace("call: registry.find-ship", "call: registry.fnd", 1)
    made = compile_plan(read_text(written, "voyages.yaml"), SET, partial=True).plan
    assert made is not None
    assert [route.path for route in made.rest[0].routes] == ["/fleet"]
    (left,) = made.mcp[0].left_out
    assert isinstance(left.function.action, Refused)
    assert left.function.action.code == "NK3001"


def test_what_a_step_calls_takes_out_the_function():
    written = (
        text(FIND, tool="")
        .replace("path: /fleet", "path: /ships/{imo}")
        .replace("{name: find-ship, path: '/ships/{imo}'", "{name: find-ship, path: '/ships/{imo'")
    )
    assert compile_plan(read_text(written, "voyages.yaml"), SET, partial=True).plan is None
