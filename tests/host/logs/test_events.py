"""How is what happens told, to machines and to people?"""

from __future__ import annotations

import json

import pytest

from naftiko_runtime.diagnostics import Diagnostic, Severity, Span
from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.host.following.changes import Changes, Difference
from naftiko_runtime.host.logs.events import Clock, Ready, Served, level_of
from naftiko_runtime.host.logs.json_events import JsonEvents
from naftiko_runtime.host.logs.pretty_events import PrettyEvents

NOON = 1_795_262_400.0625
RECORD = RequestRecord("id-1", "rest", "GET /ships/{ship}", "Harbour", "harbour.find-ship", 200, 201, 1.23456, "")
READY = Ready(
    (
        Served("harbour", "rest", "http://127.0.0.1:8080", 1),
        Served("harbour-tools", "mcp", "http://127.0.0.1:9090/mcp", 2),
        Served("desk", "stdio", "", 3),
    ),
    warnings=1,
    refused=0,
)
MISTAKE = Diagnostic("NK3001", Severity.ERROR, "no operation `x`", "a.yaml", Span(1, 3, 1, 6), help="did you mean `y`?")
ADVICE = Diagnostic("NK9003", Severity.WARNING, "anybody can call", "a.yaml", Span(1, 3, 1, 6), help="listen elsewhere")


@pytest.fixture
def machine() -> JsonEvents:
    return JsonEvents(Clock(lambda: NOON))


@pytest.fixture
def person() -> PrettyEvents:
    return PrettyEvents(Clock(lambda: NOON), colour=False)


def test_the_clock_tells_utc_to_the_millisecond() -> None:
    moments = iter([0.0, 0.9999, 59.5, NOON])
    clock = Clock(lambda: next(moments))

    assert [clock.text() for _ in range(4)] == [
        "1970-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.999Z",
        "1970-01-01T00:00:59.500Z",
        "2026-11-21T12:00:00.062Z",
    ]


def test_a_request_is_one_json_line(machine: JsonEvents) -> None:
    line = machine.request(RECORD, "info")

    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "time": "2026-11-21T12:00:00.062Z",
        "level": "info",
        "event": "request",
        "requestId": "id-1",
        "face": "rest",
        "operation": "GET /ships/{ship}",
        "capability": "Harbour",
        "function": "harbour.find-ship",
        "status": 200,
        "upstreamStatus": 201,
        "milliseconds": 1.235,
        "code": "",
    }


def test_a_request_is_one_line_for_people(person: PrettyEvents) -> None:
    line = person.request(RECORD, "info").decode()

    assert line == "12:00:00.062 200 rest GET /ships/{ship} harbour.find-ship 1.2 ms upstream 201 id-1\n"


def test_a_tool_call_is_told_by_its_name(person: PrettyEvents) -> None:
    record = RECORD._replace(face="mcp", operation="find-ship", upstream_status=None, code="NK8001")

    assert person.request(record, "info") == b"12:00:00.062 200 mcp  harbour.find-ship 1.2 ms NK8001 id-1\n"


def test_nothing_a_caller_sent_steers_a_terminal(person: PrettyEvents) -> None:
    line = person.request(RECORD._replace(request_id="\x1b[2J", operation="GET /\u202e"), "info").decode()

    assert "\x1b" not in line
    assert "\u202e" not in line


@pytest.mark.parametrize(
    ("code", "level"),
    [("", "info"), ("NK8001", "info"), ("NK8007", "info"), ("NK8002", "warning"), ("NK8014", "warning")],
)
def test_what_a_caller_did_wrong_is_no_warning(code: str, level: str) -> None:
    assert level_of(RECORD._replace(code=code)) == level


def test_ready_names_every_url_and_counts_for_machines(machine: JsonEvents) -> None:
    event = json.loads(machine.ready(READY))

    assert event["event"] == "ready"
    assert event["urls"] == [
        {"namespace": "harbour", "kind": "rest", "url": "http://127.0.0.1:8080"},
        {"namespace": "harbour-tools", "kind": "mcp", "url": "http://127.0.0.1:9090/mcp"},
        {"namespace": "desk", "kind": "stdio", "url": ""},
    ]
    assert (event["operations"], event["tools"], event["warnings"], event["refused"]) == (1, 5, 1, 0)


def test_ready_names_every_url_and_counts_for_people(person: PrettyEvents) -> None:
    _, *lines = person.ready(READY._replace(refused=2)).decode().splitlines()

    assert lines == [
        "  rest   harbour        http://127.0.0.1:8080      1 operation",
        "  mcp    harbour-tools  http://127.0.0.1:9090/mcp  2 tools",
        "  stdio  desk           standard input and output  3 tools",
        "  1 operation, 5 tools, 1 warning, 2 files refused; Ctrl-C stops",
    ]


def test_each_kind_of_adapter_is_counted_in_its_own_words(person: PrettyEvents) -> None:
    adapters = (Served("a", "skill", "http://127.0.0.1:1/skills", 1), Served("control", "control", "http://h", 11))
    _, *lines, _ = person.ready(Ready(adapters, warnings=0, refused=0)).decode().splitlines()

    assert lines == [
        "  skill    a        http://127.0.0.1:1/skills  1 skill",
        "  control  control  http://h                   11 endpoints",
    ]


def test_ready_counts_resources_and_prompts_where_there_are_any(person: PrettyEvents) -> None:
    served = Served("desk", "stdio", "", 0, resources=1, prompts=2)
    _, line, summary = person.ready(Ready((served,), warnings=0, refused=0)).decode().splitlines()

    assert line.endswith("0 tools, 1 resource, 2 prompts")
    assert summary == "  0 operations, 0 tools, 1 resource, 2 prompts, 0 warnings; Ctrl-C stops"


def test_a_problem_has_the_fields_of_validate_and_the_text_for_people(machine: JsonEvents) -> None:
    [event] = map(json.loads, machine.diagnostics([MISTAKE], {"a.yaml": "x: y\n"}).splitlines())

    assert (event["event"], event["level"]) == ("diagnostic", "error")
    assert (event["code"], event["line"], event["column"], event["help"]) == ("NK3001", 1, 3, "did you mean `y`?")
    assert "error[NK3001]: no operation `x`\n  --> a.yaml:1:3" in event["text"]


def test_people_see_errors_in_full_and_the_rest_in_a_line(person: PrettyEvents) -> None:
    text = person.diagnostics([ADVICE, MISTAKE], {"a.yaml": "x: y\n"}).decode()

    assert "= help: did you mean `y`?" in text
    assert text.endswith("\nwarning[NK9003]: anybody can call (a.yaml:1:3)\n")
    assert "listen elsewhere" not in text


def test_a_file_name_that_is_no_unicode_is_still_told(machine: JsonEvents, person: PrettyEvents) -> None:
    odd = Diagnostic("NK1001", Severity.ERROR, "can't read", "a\udcff.yaml")

    assert json.loads(machine.diagnostics([odd], {}))["code"] == "NK1001"
    assert b"NK1001" in person.diagnostics([odd], {})


def test_other_events_carry_what_they_are_given(machine: JsonEvents, person: PrettyEvents) -> None:
    fields = {"message": "another signal stops at once", "grace": 10}

    assert json.loads(machine.event("stopping", "info", fields))["grace"] == 10
    assert person.event("stopping", "info", fields) == b"stopping: another signal stops at once grace=10\n"
    assert person.event("stopped", "info", {}) == b"stopped\n"


CHANGES = Changes(
    ("new.yaml",),
    ("old\x1b.yaml",),
    (),
    Difference((("harbour", "GET /ships"),), (), (("harbour", "GET /boats"),)),
    Difference((), (("desk", "find-ship"),), ()),
    Difference((("desk", "harbour://ships"),), (), ()),
    Difference((), (), (("desk", "greet"),)),
)


def test_a_reload_names_files_routes_and_tools_for_machines(machine: JsonEvents) -> None:
    event = json.loads(machine.reloaded(CHANGES, 1))

    assert (event["event"], event["refused"]) == ("reloaded", 1)
    assert event["files"] == {"added": ["new.yaml"], "changed": ["old\x1b.yaml"], "removed": []}
    assert event["routes"] == {
        "added": [{"namespace": "harbour", "name": "GET /ships"}],
        "removed": [],
        "altered": [{"namespace": "harbour", "name": "GET /boats"}],
    }
    assert event["tools"]["removed"] == [{"namespace": "desk", "name": "find-ship"}]
    assert event["resources"]["added"] == [{"namespace": "desk", "name": "harbour://ships"}]
    assert event["prompts"]["altered"] == [{"namespace": "desk", "name": "greet"}]


def test_a_reload_reads_well_for_people(person: PrettyEvents) -> None:
    assert person.reloaded(CHANGES, 1).decode().splitlines() == [
        "reloaded (1 file refused)",
        "  new new.yaml",
        "  changed old\\x1b.yaml",
        "  + route GET /ships  harbour",
        "  ~ route GET /boats  harbour",
        "  - tool find-ship  desk",
        "  + resource harbour://ships  desk",
        "  ~ prompt greet  desk",
    ]


def test_colours_are_there_only_where_they_are_wanted() -> None:
    clock = Clock(lambda: NOON)

    assert b"\x1b[31m" in PrettyEvents(clock, colour=True).event("internal", "error", {})
    assert b"\x1b" not in PrettyEvents(clock, colour=False).event("internal", "error", {})
