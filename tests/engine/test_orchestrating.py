"""Steps over a real upstream: what each is asked with, what comes of them together, and what becomes of failures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.outcome import Failure, FailureKind, Success
from naftiko_runtime.engine.upstream import Limits, ReqwestUpstream
from naftiko_runtime.plan.model.steps import Orchestration
from tests.plan.voyages import CREW, FIND, LOOK, text, tool
from tests.upstream import Answer, Received, Upstream

SHIP = {"imo": "77", "name": "Ada", "crew": ["c1", "c3"], "captain": {"id": "c2"}, "tags": [{"k": "a"}, {"k": "b"}]}
CREWS = [
    {"id": "c1", "name": "Bo", "rank": 1},
    {"id": "c2", "name": "Cy", "rank": 2},
    {"id": "c3", "name": "Di", "rank": 3},
]


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    engine = Engine(ReqwestUpstream(Limits(connect=1.0, call=5.0, body=100_000)), seconds=5.0)
    yield engine
    await engine.close()


@pytest.fixture
def registry(upstream: Upstream) -> Upstream:
    """An upstream that knows a ship and its crew, and answers a posted document with its own."""
    upstream.answer("GET", "/ships/77", Answer.json(SHIP))
    upstream.answer("GET", "/ships", Answer.json([SHIP]))
    upstream.answer("GET", "/crew", Answer.json(CREWS))
    upstream.answer("POST", "*", _posted)
    upstream.answer("GET", "/count", lambda request: Answer.json({"of": request.query}))
    return upstream


def _posted(request: Received) -> Answer:
    return Answer.json({"id": 5, "got": request.json}, 201)


def count(value: str) -> str:
    """A step that hands a value to a consumed operation."""
    return f"{{name: count, type: call, call: registry.count, with: {{of: {value}}}}}"


async def outcome(engine: Engine, upstream: Upstream, written: str, **arguments: object) -> Success | Failure:
    return await engine.invoke(tool(written, {"registry": upstream.url}), arguments)


async def result(engine: Engine, upstream: Upstream, written: str, **arguments: object) -> Any:
    made = await outcome(engine, upstream, written, **arguments)
    assert isinstance(made, Success), made
    return orjson.loads(made.content)


async def test_a_lookup_joins_what_two_calls_gave(engine, registry):
    written = text(FIND, CREW, LOOK, mappings="name=$.find-ship.name; crew=$.look")
    assert await result(engine, registry, written, imo="77") == {
        "name": "Ada",
        "crew": [{"name": "Bo"}, {"name": "Di"}],
    }
    assert sorted(request.path for request in registry.requests) == ["/crew", "/ships/77"]


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ("$.find-ship.captain.id", "of=c2"),
        ("'{{find-ship.captain.id}}'", "of=c2"),
        ("'{{ find-ship.captain.id }}'", "of=c2"),
        ("'{{$.find-ship.captain.id}}'", "of=c2"),
        ("'crew {{find-ship.captain.id}} of {{imo}}'", "of=crew%20c2%20of%2077"),
        ("$.find-ship.crew", "of=c1&of=c3"),
        ("'$.find-ship.crew[1]'", "of=c3"),
        ("'$.find-ship.tags[*].k'", "of=a&of=b"),
        ("\"$.find-ship.tags[?(@.k=='b')].k\"", "of=b"),
        ("$.find-ship.crew.length()", "of=2"),
        ("\"$['find-ship'].name\"", "of=Ada"),
        ("fleet.imo", "of=77"),
        ("tools.imo", "of=77"),
        ("imo", "of=77"),
        ("fixed", "of=fixed"),
    ],
)
async def test_with_takes_earlier_results_inputs_and_texts(engine, registry, value, query):
    step = f"{{name: count, type: call, call: registry.count, with: {{of: {value}}}}}"
    assert await result(engine, registry, text(FIND, step), imo="77") == {"of": query}


async def test_a_consumed_body_takes_earlier_results_and_inputs(engine, registry):
    step = "{name: note, type: call, call: registry.note}"
    written = text(FIND, CREW, step, tool="inputParameters: [{name: imo, type: string}, {name: by, type: string}]")
    assert await result(engine, registry, written, imo="77", by="me") == {
        "id": 5, "got": {"ship": "Ada", "crew": CREWS, "by": "me"},
    }  # fmt: skip


async def test_a_consumed_input_with_a_fixed_value_takes_earlier_results(engine, registry):
    fixed = "inputParameters: [{name: of, in: query, value: '{{find-ship.name}}'}]"
    more = f"{{name: fixed, path: /count, method: GET, {fixed}}}"
    step = "{name: fixed, type: call, call: registry.fixed}"
    assert await result(engine, registry, text(FIND, step, operations=more), imo="77") == {"of": "of=Ada"}


async def test_a_consumed_path_takes_earlier_results(engine, registry):
    more = "{name: again, path: '/ships/{{find-ship.imo}}', method: GET}"
    step = "{name: again, type: call, call: registry.again}"
    assert await result(engine, registry, text(FIND, step, operations=more), imo="77") == SHIP


async def test_a_result_in_with_keeps_its_type(engine, registry):
    step = "{name: sail, type: call, call: registry.sail, with: {ship: $.find-ship.captain, crew: $.find-ship.crew}}"
    made = await result(engine, registry, text(FIND, step), imo="77")
    assert made["got"] == {"ship": {"id": "c2"}, "crew": ["c1", "c3"]}


async def test_what_a_result_lacks_is_left_out_of_a_request(engine, registry):
    step = "{name: sail, type: call, call: registry.sail, with: {ship: $.find-ship.none, crew: [x, $.find-ship.none]}}"
    made = await result(engine, registry, text(FIND, step), imo="77")
    assert made["got"] == {"crew": ["x"]}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("$.find-ship.crew", [{"name": "Bo", "rank": 1}, {"name": "Di", "rank": 3}]),
        ("$.find-ship.captain.id", {"name": "Cy", "rank": 2}),
        ("c1", {"name": "Bo", "rank": 1}),
        ("'{{imo}}'", None),
        ("$.find-ship.none", None),
        ("$.find-ship.captain", None),
    ],
)
async def test_a_lookup_gives_a_list_for_a_list_and_one_entry_or_nothing_else(engine, registry, wanted, found):
    look = (
        f"{{name: look, type: lookup, index: list-crew, match: id, lookupValue: {wanted}, "
        "outputParameters: [name, rank]}"
    )
    assert await result(engine, registry, text(FIND, CREW, look), imo="77") == found


@pytest.mark.parametrize(
    ("entries", "wanted", "found"),
    [
        ([{"id": 1, "n": "a"}, {"id": 1, "n": "b"}], "1", {"n": "a"}),
        ([{"id": 1.0, "n": "a"}], "1", {"n": "a"}),
        ([{"id": True, "n": "a"}], "true", {"n": "a"}),
        ([{"id": None, "n": "a"}, {"n": "b"}, 5, {"id": "x"}], "x", {"n": None}),
        ([{"id": {"x": 1}, "n": "a"}], "x", None),
        ({"id": "x", "n": "a"}, "x", {"n": "a"}),
        ("text", "x", None),
        (None, "x", None),
    ],
)
async def test_a_lookup_compares_single_values_as_text_and_the_first_counts(engine, upstream, entries, wanted, found):
    upstream.answer("GET", "/crew", Answer.json(entries))
    look = f"{{name: look, type: lookup, index: list-crew, match: id, lookupValue: '{wanted}', outputParameters: [n]}}"
    assert await result(engine, upstream, text(CREW, look, tool="")) == found


@pytest.mark.parametrize(
    ("entries", "field", "remark"),
    [
        ([{"crewId": 1}, {"crewId": 2}], "crewid", "none of 2 entries has a `crewid`; did you mean `crewId`?"),
        ({"x": 1}, "id", "none of 1 entries has a `id`"),
        ([{"id": 2}, {}], "id", ""),
        ([], "id", ""),
        ("text", "id", ""),
    ],
)
async def test_a_lookup_by_a_field_that_no_entry_has_is_told_in_the_log(
    engine, upstream, caplog, entries, field, remark
):
    upstream.answer("GET", "/crew", Answer.json(entries))
    look = f"{{name: look, type: lookup, index: list-crew, match: {field}, lookupValue: x, outputParameters: [n]}}"

    assert await result(engine, upstream, text(CREW, look, tool="")) is None
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert told == ([f"step `look` finds nothing in `list-crew`: {remark} (ships.yaml:29:7)"] if remark else [])


async def test_the_result_of_a_lookup_is_there_for_later_steps(engine, registry):
    step = "{name: count, type: call, call: registry.count, with: {of: '{{look[0].name}}'}}"
    assert await result(engine, registry, text(FIND, CREW, LOOK, step), imo="77") == {"of": "of=Bo"}


# --- what the answer of a call is as a result


@pytest.mark.parametrize(
    ("outputs", "answer", "gives"),
    [
        ("[{name: who, type: string, value: $.captain.id}, {name: imo, type: number}]", SHIP, {"who": "c2", "imo": 77}),
        ("[{name: whole, type: object, value: $.}]", {"a": 1}, {"whole": {"a": 1}}),
        ("[{name: x, type: string, value: $.none}]", {"a": 1}, {"x": None}),
        ("[{name: no-id, type: string, value: $.id}]", [{"id": 1, "b": 2}], [{"id": 1, "b": 2, "no-id": "1"}]),
        ("[{name: x, type: string, value: $.x}]", [5], [{"x": None}]),
        ("[{type: string, mapping: $.a}]", {"a": 1}, "1"),
    ],
)
async def test_declared_outputs_project_the_result_of_a_call(engine, upstream, outputs, answer, gives):
    more = f"{{name: shaped, path: /shaped, method: GET, outputParameters: {outputs}}}"
    upstream.answer("GET", "/shaped", Answer.json(answer))
    written = text("{name: s, type: call, call: registry.shaped}", operations=more, tool="")
    assert await result(engine, upstream, written) == gives


@pytest.mark.parametrize("rows", [1, 15_000])
async def test_the_result_of_a_call_is_decoded_by_its_format(engine, upstream, rows):
    more = "{name: table, path: /table, method: GET, outputRawFormat: csv}"
    upstream.answer("GET", "/table", Answer(200, b"id,name\n" + b"7,Ada\n" * rows, (("Content-Type", "text/csv"),)))
    written = text("{name: t, type: call, call: registry.table}", operations=more, tool="", mappings="n=$.t[0].name")
    assert await result(engine, upstream, written) == {"n": "Ada"}


async def test_the_result_of_an_xml_call_is_what_its_root_holds(engine, upstream):
    more = "{name: old, path: /old, method: GET, outputRawFormat: xml}"
    content = b"<vessels><vessel><name>Ask</name></vessel><vessel><name>Yr</name></vessel></vessels>"
    upstream.answer("GET", "/old", Answer(200, content, (("Content-Type", "application/xml"),)))
    written = text(
        "{name: x, type: call, call: registry.old}", operations=more, tool="", mappings="n=$.x.vessel[1].name"
    )
    assert await result(engine, upstream, written) == {"n": "Yr"}


async def test_an_empty_answer_is_a_result_of_nothing(engine, registry):
    registry.answer("GET", "/crew", Answer(204, b"", ()))
    assert await result(engine, registry, text(CREW, tool="", mappings="a=$.list-crew; b=$.list-crew.x")) == {
        "a": None, "b": None,
    }  # fmt: skip


# --- what all of them give


async def test_dotted_targets_make_objects(engine, registry):
    mappings = "ship.name=$.find-ship.name; ship.of.id=$.find-ship.imo; n={{imo}}; t=fixed; r.x=$.find-ship.none"
    assert await result(engine, registry, text(FIND, mappings=mappings), imo="77") == {
        "ship": {"name": "Ada", "of": {"id": "77"}}, "n": "77", "t": "fixed", "r": {"x": None},
    }  # fmt: skip


async def test_declared_outputs_give_types_and_drop_nothing(engine, registry):
    outputs = (
        "[{name: imo, type: number}, {name: crew, type: array, items: [{name: rank, type: string}]}, "
        "{name: cap, type: object, properties: {id: {type: string}, age: {type: number}}}, "
        "{name: n, type: number}, {name: some, type: array, items: {type: string}}, "
        "{name: no, type: array, items: [{name: a, type: string}]}, "
        "{name: gone, type: object, properties: {a: {type: string}}}, "
        "{name: odd, type: object, properties: {a: {type: string}}}, {name: any, type: object}]"
    )
    mappings = (
        "imo=$.find-ship.imo; crew=$.list-crew; cap=$.find-ship.captain; n=$.find-ship.name; more=$.find-ship.name; "
        "some=$.find-ship.imo; no=$.find-ship.none; gone=$.find-ship.none; odd=$.find-ship.name; any=$.find-ship.crew"
    )
    assert await result(engine, registry, text(FIND, CREW, mappings=mappings, outputs=outputs), imo="77") == {
        "imo": 77,
        "crew": [{"id": "c1", "name": "Bo", "rank": "1"}, {"id": "c2", "name": "Cy", "rank": "2"},
                 {"id": "c3", "name": "Di", "rank": "3"}],
        "cap": {"id": "c2", "age": None},
        "n": "Ada", "more": "Ada", "some": ["77"], "no": None, "gone": None, "odd": {"a": None}, "any": ["c1", "c3"],
    }  # fmt: skip


async def test_without_mappings_the_last_step_gives_the_result_and_its_status(engine, registry):
    step = "{name: sail, type: call, call: registry.sail, with: {ship: $.find-ship.name}}"
    made = await outcome(engine, registry, text(FIND, step), imo="77")
    assert isinstance(made, Success)
    assert (made.status, orjson.loads(made.content)) == (201, {"id": 5, "got": {"ship": "Ada"}})


async def test_with_mappings_the_status_is_200(engine, registry):
    step = "{name: sail, type: call, call: registry.sail, with: {ship: $.find-ship.name}}"
    made = await outcome(engine, registry, text(FIND, step, mappings="id=$.sail.id"), imo="77")
    assert (made.status, made.content) == (200, b'{"id":5}')


@pytest.mark.parametrize(
    ("outputs", "gives"),
    [
        ("[{name: name, type: string}, {name: imo, type: number}]", {"name": "Ada", "imo": 77}),
        ("[{name: name, type: string}]", {"name": "Ada"}),
        ("[{type: string, mapping: $.captain.id}]", "c2"),
        ("[{name: of, type: string, value: 'of {{imo}}'}, {name: name, type: string}]", {"of": "of 77", "name": "Ada"}),
    ],
)
async def test_without_mappings_outputs_shape_what_the_last_step_gave(engine, registry, outputs, gives):
    assert await result(engine, registry, text(FIND, outputs=outputs), imo="77") == gives


# --- failures


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (Answer.json({"error": "no crew"}, 404), FailureKind.UPSTREAM_STATUS,
         'step `list-crew`: the upstream answered 404 for /crew: {"error": "no crew"}'),
        (Answer(500, b"", ()), FailureKind.UPSTREAM_STATUS, "step `list-crew`: the upstream answered 500 for /crew"),
        (Answer(200, b"[", (("Content-Type", "text/html"),)), FailureKind.DECODING,
         "step `list-crew`: the upstream's answer (text/html) is not JSON: unexpected end of data at line 1, column 2"),
        (Answer(200, b"[", ()), FailureKind.DECODING,
         "step `list-crew`: the upstream's answer (no media type) is not JSON: "
         "unexpected end of data at line 1, column 2"),
    ],
)  # fmt: skip
async def test_a_failed_step_fails_the_function_and_is_named(engine, registry, answer, kind, detail):
    registry.answer("GET", "/crew", answer)
    made = await outcome(engine, registry, text(FIND, CREW, LOOK, mappings="crew=$.look"), imo="77")
    assert isinstance(made, Failure)
    assert (made.kind, made.step, made.detail) == (kind, "list-crew", detail)


async def test_nothing_runs_after_a_failed_step(engine, registry):
    registry.answer("GET", "/crew", Answer(500, b"", ()))
    step = "{name: sail, type: call, call: registry.sail, with: {crew: $.list-crew}}"
    assert isinstance(await outcome(engine, registry, text(CREW, step, tool="")), Failure)
    assert [request.path for request in registry.requests] == ["/crew"]


async def test_of_two_failed_steps_the_first_of_the_text_is_told(engine, registry):
    late = threading.Event()
    registry.answer("GET", "/ships/77", Answer(500, b"slow", (), hold=late))
    registry.answer("GET", "/crew", lambda request: (late.set(), Answer(404, b"quick", ()))[1])
    made = await outcome(engine, registry, text(FIND, CREW), imo="77")
    assert isinstance(made, Failure)
    assert (made.step, made.status) == ("find-ship", 500)


async def test_a_refused_input_of_a_step_is_the_callers(engine, registry):
    made = await outcome(engine, registry, text(FIND, CREW), imo="..")
    assert isinstance(made, Failure)
    assert (made.kind, [field for field, _ in made.fields], made.step) == (FailureKind.ARGUMENTS, ["imo"], "")
    assert registry.requests == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("call: registry.count, with: {of: $.find-ship.none}", "`$.find-ship.none`: has no value, and `of` needs one"),
        ("call: registry.count, with: {of: a, limit: $.find-ship.name}",
         "`$.find-ship.name`: does not fit `limit`, of type integer"),
        ("call: registry.find-ship, with: {imo: $.find-ship.tags}",
         "`$.find-ship.tags`: a path takes a text, a number or a boolean"),
        ("call: registry.find-ship, with: {imo: $.find-ship.dots}",
         "`$.find-ship.dots`: `..` can't stand for a path segment"),
    ],
)  # fmt: skip
async def test_a_result_that_can_not_make_a_request_fails_the_step(engine, registry, step, problem):
    registry.answer("GET", "/ships/77", Answer.json(SHIP | {"dots": ".."}))
    made = await outcome(engine, registry, text(FIND, f"{{name: s, type: call, {step}}}"), imo="77")
    assert isinstance(made, Failure)
    assert (made.kind, made.step, made.detail) == (FailureKind.STEP, "s", f"step `s`: {problem}")


async def test_an_input_that_fails_beside_a_result_is_still_the_callers(engine, registry):
    more = "{name: pair, path: '/ships/{a}/{b}', method: GET}"
    step = "{name: s, type: call, call: registry.pair, with: {a: '{{x}}{{y}}', b: '$.list-crew[0].id'}}"
    inputs = "inputParameters: [{name: x, type: string}, {name: y, type: string}]"
    made = await outcome(engine, registry, text(CREW, step, operations=more, tool=inputs), x=".", y=".")
    assert isinstance(made, Failure)
    assert (made.kind, [field for field, _ in made.fields], made.step) == (FailureKind.ARGUMENTS, ["a"], "")


async def test_an_optional_input_that_a_result_lacks_is_left_out(engine, registry):
    step = "{name: count, type: call, call: registry.count, with: {of: a, limit: $.find-ship.none}}"
    assert await result(engine, registry, text(FIND, step), imo="77") == {"of": "of=a"}


async def test_a_number_in_a_text_is_a_number_where_one_is_needed(engine, registry):
    step = "{name: count, type: call, call: registry.count, with: {of: a, limit: $.find-ship.imo}}"
    assert await result(engine, registry, text(FIND, step), imo="77") == {"of": "of=a&limit=77"}


async def test_an_upstream_without_an_address_fails_its_step(engine, upstream):
    written = text(FIND).replace("https://registry.invalid", "''")
    made = await engine.invoke(tool(written), {"imo": "77"})
    assert isinstance(made, Failure)
    assert (made.kind, made.step) == (FailureKind.NO_BASE_ADDRESS, "find-ship")


# --- in which order


async def test_calls_that_read_are_made_side_by_side(engine, registry):
    both = threading.Barrier(2)

    def together(answer: Answer) -> Any:
        def script(request: Received) -> Answer:
            both.wait(3)
            return answer

        return script

    registry.answer("GET", "/ships/77", together(Answer.json(SHIP)))
    registry.answer("GET", "/crew", together(Answer.json(CREWS)))
    written = text(FIND, CREW, LOOK, mappings="crew=$.look")
    assert await result(engine, registry, written, imo="77") == {"crew": [{"name": "Bo"}, {"name": "Di"}]}


async def test_a_call_that_changes_something_waits_and_is_waited_for(engine, registry):
    sail = "{name: sail, type: call, call: registry.sail, with: {ship: x}}"
    again = "{name: again, type: call, call: registry.list-ships}"
    written = text(FIND, CREW, sail, again, "{name: more, type: call, call: registry.list-crew}")
    await result(engine, registry, written, imo="77")
    paths = [request.path for request in registry.requests]
    assert (sorted(paths[:2]), paths[2], sorted(paths[3:])) == (
        ["/crew", "/ships/77"], "/voyages", ["/crew", "/ships"],
    )  # fmt: skip


async def test_all_steps_together_have_a_deadline(registry):
    never = threading.Event()
    registry.answer("GET", "/crew", Answer(200, b"[]", (), hold=never))
    engine = Engine(ReqwestUpstream(), seconds=0.3)
    try:
        made = await outcome(engine, registry, text(FIND, CREW), imo="77")
    finally:
        never.set()
        await engine.close()
    assert isinstance(made, Failure)
    assert (made.kind, made.step) == (FailureKind.DEADLINE, "list-crew")
    assert made.detail == "step `list-crew`: no answer from the upstream within 0.3 s (steps)"


async def test_each_step_has_the_deadline_of_a_call(registry):
    never = threading.Event()
    registry.answer("GET", "/crew", Answer(200, b"[]", (), hold=never))
    engine = Engine(ReqwestUpstream(Limits(call=0.3)))
    try:
        made = await outcome(engine, registry, text(CREW, tool=""))
    finally:
        never.set()
        await engine.close()
    assert isinstance(made, Failure)
    assert (made.kind, made.detail) == (
        FailureKind.DEADLINE, "step `list-crew`: no answer from the upstream within 0.3 s (call)",
    )  # fmt: skip


async def test_a_caller_that_leaves_stops_all_steps(registry):
    never, asked = threading.Event(), threading.Event()
    registry.answer("GET", "/crew", lambda request: (asked.set(), Answer(200, b"[]", (), hold=never))[1])
    engine = Engine(ReqwestUpstream())
    sail = "{name: sail, type: call, call: registry.sail, with: {crew: $.list-crew}}"
    running = asyncio.create_task(outcome(engine, registry, text(FIND, CREW, sail), imo="77"))
    await asyncio.to_thread(asked.wait, 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    never.set()
    await engine.close()
    assert "/voyages" not in [request.path for request in registry.requests]


@pytest.mark.parametrize("place", ["find", "project", "result", "finish"])
async def test_a_mistake_of_ours_is_told_as_one_and_raises_nothing(engine, registry, place, caplog):
    def broken(*_: object) -> object:
        raise RuntimeError("boom")

    function = tool(text(CREW, LOOK.replace("$.find-ship.crew", "c1"), tool=""), {"registry": registry.url})
    action = function.action
    assert isinstance(action, Orchestration)
    call, lookup = action.steps
    if place in ("result", "finish"):
        action = replace(action, **{place: broken})
    else:
        steps = (replace(call, project=broken), lookup) if place == "project" else (call, replace(lookup, find=broken))
        action = replace(action, steps=steps)
    made = await engine.invoke(replace(function, action=action), {})
    assert isinstance(made, Failure)
    assert (made.kind, "boom" in made.detail) == (FailureKind.INTERNAL, False)
    assert "RuntimeError at test_orchestrating.py:" in caplog.text


async def test_every_input_at_fault_is_named_before_anything_is_sent(engine, registry):
    written = text(
        "{name: a, type: call, call: registry.list-crew}",
        "{name: b, type: call, call: registry.find-ship, with: {imo: '{{x}}{{y}}'}}",
        "{name: c, type: call, call: registry.find-ship, with: {imo: '{{x}}{{y}}'}}",
        tool="inputParameters: [{name: x, type: string}, {name: y, type: string}]",
    )
    made = await outcome(engine, registry, written, x=".", y=".")
    assert isinstance(made, Failure)
    assert (made.kind, made.fields) == (FailureKind.ARGUMENTS, (("imo", "`..` can't stand for a path segment"),))
    assert registry.requests == []


async def test_a_step_waits_in_vain_for_one_that_failed(engine, registry):
    registry.answer("GET", "/ships/77", Answer(500, b"", ()))
    made = await outcome(engine, registry, text(CREW, FIND, count("$.find-ship.name")), imo="77")
    assert isinstance(made, Failure)
    assert made.step == "find-ship"
    assert "/count" not in [request.path for request in registry.requests]
