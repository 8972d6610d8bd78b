"""A call means exactly one operation, by evidence in the text; never by order of search (C12)."""

from __future__ import annotations

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.calls.resolution import (
    NO_SIBLINGS,
    CallReference,
    Clue,
    Resolution,
    Unresolved,
    find_candidates,
    find_siblings,
    matching_paths,
    path_shape,
    resolve,
    rest_clues,
    split_call,
    tool_clues,
)
from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.model.capability import Spec
from tests.plan.corpus_calls import decisions, files
from tests.plan.harbour import calls_of, capability

# Three resources, each with its own `get` and `delete`, as generators name them.
BERTHS = [
    "berths GET /berths get # List all berths",
    "berths-id GET /berths/{berthId} get # Get a berth",
    "berths-id DELETE /berths/{berthId} delete # Free a berth",
    "berths-ships GET /berths/{berthId}/ships get # Ships at a berth",
    "cranes DELETE /cranes/{craneId} delete # Remove a crane",
]
TARGETS = [
    "berths GET /berths",
    "berths-id GET /berths/{berthId}",
    "berths-id DELETE /berths/{berthId}",
    "berths-ships GET /berths/{berthId}/ships",
    "cranes DELETE /cranes/{craneId}",
]
ROUTES = [
    "berths GET /v1/berths get",
    "berths-id GET /v1/berths/{berthid} get",
    "berths-id DELETE /v1/berths/{berthid} delete",
    "berths-ships GET /v1/berths/{berthid}/ships get",
    "cranes DELETE /v1/cranes/{craneid} delete",
]
TOOLS = ["get", "get", "delete", "get", "delete"]


def spec_of(consumed, rest=(), tools=(), more="") -> Spec:
    spec = read_text(capability(consumed, rest, tools, more), "harbour.yaml").spec
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/", ()),
        ("", ()),
        ("/v1/fine_tuning/jobs", ("v1", "finetuning", "jobs")),
        ("/Jobs/{jobId}", ("jobs", "{}")),
        ("/jobs/{{job_id}}", ("jobs", "{}")),
        ("jobs//x/", ("jobs", "x")),
        ("/jobs/{id}.json", ("jobs", "{}json")),
        ("/jobs?expand={x}", ("jobs",)),
        ("/jobs#part", ("jobs",)),
        ("/a/-/b", ("a", "", "b")),
    ],
)
def test_the_shape_of_a_path_is_its_letters_digits_and_placeholders(path, shape):
    assert path_shape(path) == shape


@pytest.mark.parametrize(
    ("exposed", "consumed", "matches"),
    [
        ("/v1/jobs", ["/jobs", "/jobs/{id}"], ["/jobs"]),
        ("/v1/fine-tunes/{id}", ["/fine_tunes", "/fine_tunes/{ftId}"], ["/fine_tunes/{ftId}"]),
        ("/jobs", ["/v1/jobs", "/v1/job"], ["/v1/jobs"]),
        ("/v1/v2/jobs", ["/v2/jobs", "/v3/jobs"], ["/v2/jobs"]),
        ("/v1/jobs", ["/v1/jobs", "/v2/jobs"], ["/v1/jobs"]),
        ("/v1/jobs", ["/v1/jobs", "/jobs"], ["/v1/jobs", "/jobs"]),
        ("/jobs", ["/v1/jobs", "/jobs"], ["/jobs"]),
        ("/everything", ["/jobs", "/jobs/{id}"], []),
    ],
)
def test_an_exposed_path_matches_consumed_ones_of_its_shape(exposed, consumed, matches):
    operations = spec_of([f"r{index} GET {path} get" for index, path in enumerate(consumed)]).consumes[0].operations
    assert [operation.path for operation in matching_paths(exposed, operations)] == matches


@pytest.mark.parametrize(
    ("call", "namespaces", "reference"),
    [
        ("port.get", ["port"], CallReference("port", "get")),
        ("port.berths.get", ["port"], CallReference("port", "berths.get")),
        ("port.api.get", ["port", "port.api"], CallReference("port.api", "get")),
        ("port.api.get", ["port.api", "port"], CallReference("port.api", "get")),
        ("other.get", ["port"], CallReference("other", "get")),
        ("portal.get", ["port"], CallReference("portal", "get")),
        ("port.", ["port"], None),
        (".get", ["port"], None),
        ("get", ["port"], None),
    ],
)
def test_a_call_is_a_namespace_and_an_operation(call, namespaces, reference):
    assert split_call(call, namespaces) == reference


@pytest.mark.parametrize(
    ("operation", "count"), [("get", 3), ("berths.get", 1), ("berths-id.delete", 1), ("cranes.get", 0), ("put", 0)]
)
def test_an_operation_is_called_by_its_name_or_by_its_resource_and_name(operation, count):
    operations = spec_of(BERTHS).consumes[0].operations
    assert len(find_candidates(CallReference("port", operation), operations)) == count


def test_a_name_with_a_dot_and_a_resource_with_a_name_may_both_be_meant():
    operations = spec_of(["a GET /a b.get", "b GET /b get"]).consumes[0].operations
    assert len(find_candidates(CallReference("port", "b.get"), operations)) == 2


def test_an_operation_whose_name_is_its_own_needs_no_evidence():
    calls = calls_of(["berths GET /berths list"], ["anything POST /else list"], ["list"])
    assert (calls.rest, calls.tools, calls.evidence) == (["berths GET /berths"], ["berths GET /berths"], [[], []])
    assert "NK3005" not in calls.codes


def test_rest_operations_mean_the_operation_of_their_path_and_tools_that_of_their_sibling():
    calls = calls_of(BERTHS, ROUTES, TOOLS)
    assert calls.rest == calls.tools == TARGETS
    assert [item[0] for item in calls.evidence] == ["path shape"] * 5 + ["sibling operation"] * 5
    assert calls.codes == ["NK3005"]


def test_rules_that_agree_are_all_evidence():
    calls = calls_of(BERTHS, ROUTES, TOOLS)
    assert calls.evidence[0] == ["path shape", "resource name"]
    assert calls.evidence[5] == ["sibling operation", "rank"]


def test_a_path_written_as_it_is_consumed_decides_too():
    calls = calls_of(BERTHS, [route.replace("/v1", "") for route in ROUTES])
    assert calls.rest == TARGETS


def test_of_one_path_the_method_decides():
    calls = calls_of(
        ["a GET /berths/{id} run", "b POST /berths/{id} run", "c POST /cranes run"], ["x POST /v1/berths/{id} run"]
    )
    assert (calls.rest, calls.evidence) == (["b POST /berths/{id}"], [["path shape", "method"]])


def test_without_a_path_the_method_and_then_the_resource_decide():
    calls = calls_of(
        ["a GET /a run", "berth_ships POST /b run", "cranes POST /c run"], ["Berth-Ships POST /everything/else run"]
    )
    assert (calls.rest, calls.evidence) == (["berth_ships POST /b"], [["method", "resource name"]])


def test_a_path_that_fits_with_and_without_its_version_leaves_it_to_the_resource():
    consumed = ["old GET /jobs get", "new GET /v1/jobs get"]
    assert calls_of(consumed, ["new GET /v1/jobs get"]).rest == ["new GET /v1/jobs"]
    assert calls_of(consumed, ["other GET /v1/jobs get"]).codes == ["NK3004"]


def test_a_call_that_names_the_resource_needs_no_evidence():
    calls = calls_of(BERTHS, ["x GET /x/{berthId} berths-id.get"], ["cranes.delete"])
    assert (calls.rest, calls.tools) == ([TARGETS[1]], [TARGETS[4]])


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("x GET /v1/everything get", "nothing in the text tells which one is meant"),
        ("x DELETE /v1/berths/{id} get", "nothing in the text"),
        ("berths-ships GET /v1/berths get", "resource name points at GET /berths/{berthId}/ships, but path shape at"),
    ],
)
def test_a_call_that_evidence_does_not_decide_is_an_error_with_every_candidate(route, words):
    consumed = [*BERTHS[:2], BERTHS[3], "b2 GET /berths/{id} get"]
    (found,) = [item for item in calls_of(consumed, [route]).diagnostics if item.code == "NK3004"]
    assert words in found.message
    assert all(f"port.{line.split()[0]}.get" in (found.help or "") for line in consumed)


def test_methods_that_contradict_the_path_are_an_error():
    calls = calls_of(["a GET /berths run", "b POST /cranes run"], ["x POST /v1/berths run"])
    assert calls.codes == ["NK3004"]
    assert "method points at POST /cranes, but path shape at GET /berths" in calls.diagnostics[-1].message


def test_without_siblings_tools_are_ranked_where_the_counts_agree():
    calls = calls_of(BERTHS, ROUTES[:1], TOOLS)
    assert calls.tools == TARGETS
    assert calls.evidence[1:] == [["rank"]] * 5


def test_without_rank_description_and_with_keys_decide_together():
    calls = calls_of(BERTHS, (), ["get berthId # Ships at a berth", "delete craneId # Remove a crane"])
    assert calls.tools == [TARGETS[3], TARGETS[4]]
    assert calls.evidence == [["with keys and description"]] * 2


@pytest.mark.parametrize(
    "tool", ["get # Ships at a berth", "get berthId # Ships", "get berthId extra # Ships at a berth", "get berthId"]
)
def test_description_or_with_keys_alone_do_not_decide(tool):
    assert "NK3004" in calls_of(BERTHS, (), [tool]).codes


def test_tools_in_another_order_than_their_siblings_are_refused_where_their_descriptions_say_so():
    rest = [ROUTES[0], ROUTES[1], ROUTES[3]]
    tools = ["get berthId # Get a berth", "get # List all berths", "get berthId # Ships at a berth"]
    calls = calls_of([BERTHS[0], BERTHS[1], BERTHS[3]], rest, tools)
    assert calls.codes.count("NK3004") == 2
    told = [item.message for item in calls.diagnostics if item.code == "NK3004"]
    assert "with keys and description points at GET /berths, but sibling operation and rank at" in told[-1]


SECOND = """\
  - type: rest
    namespace: second-rest
    port: 8081
    resources:
    - {name: a, path: /x/a, operations: [{name: a, method: GET, call: port.get}]}
    - {name: b, path: /x/b, operations: [{name: b, method: GET, call: port.get}]}"""


def test_two_siblings_that_disagree_leave_it_to_the_next_rule():
    consumed = ["a GET /a get # First", "b GET /b get # Second", "c GET /c get # Third"]
    first = ["b GET /b get", "c GET /c get"]
    calls = calls_of(consumed, first, ["get", "get"], SECOND)
    assert calls.codes.count("NK3004") == 2
    told = [item.message for item in calls.diagnostics if item.code == "NK3004"]
    assert all("nothing in the text" in message for message in told)


def test_two_siblings_that_disagree_are_narrowed_by_description_and_with_keys():
    consumed = ["a GET /x/a get q # First", "b GET /x/b get q # Second", "c GET /c get q # Third"]
    spec = spec_of(consumed, ["b GET /x/b get", "c GET /c get"], ["get q # First", "get q # Third"], SECOND)
    operations = spec.consumes[0].operations
    first, second = spec.rest
    resolved = [(first, operations[1:]), (second, operations[:2])]
    siblings = find_siblings(spec.mcp[0], resolved)
    words, both = siblings.of(0)
    assert both == (operations[1], operations[0])
    assert words == "operation 1 of `port-rest`, GET /x/b, operation 1 of `second-rest`, GET /x/a"
    found = resolve(operations, partial(tool_clues, 0, spec.mcp[0].tools, operations, siblings))
    assert isinstance(found, Resolution)
    assert found.operation is operations[0]
    assert [item.rule for item in found.evidence] == ["sibling operation", "with keys and description"]


def test_a_sibling_that_is_not_resolved_is_no_evidence():
    spec = spec_of(BERTHS[:2], ["x GET /x get", "y GET /y get"], ["get", "get"])
    siblings = find_siblings(spec.mcp[0], [(spec.rest[0], [None, None])])
    assert siblings.of(0) == ("", ())
    assert siblings.of(7) == ("", ())


def test_adapters_whose_calls_differ_are_no_siblings():
    spec = spec_of(BERTHS, ROUTES, TOOLS[1:])
    assert find_siblings(spec.mcp[0], [(spec.rest[0], [None] * 5)]) is NO_SIBLINGS


def test_clues_are_not_asked_for_where_there_is_nothing_to_decide():
    (operation,) = spec_of(BERTHS[:1]).consumes[0].operations

    def clues():
        raise AssertionError("asked")

    assert resolve([operation], clues) == Resolution(operation)


def test_a_rule_that_matches_every_candidate_is_no_evidence():
    operations = spec_of(BERTHS[:2]).consumes[0].operations
    clues = [Clue("all", operations, ""), Clue("one", operations[1:], "the second")]
    found = resolve(operations, lambda: clues)
    assert isinstance(found, Resolution)
    assert [item.rule for item in found.evidence] == ["one"]


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_decides_nothing(shuffler: random.Random):
    spec = spec_of(BERTHS, ROUTES, TOOLS)
    operations = list(spec.consumes[0].operations)
    resolved = list(operations)
    shuffled = operations.copy()
    shuffler.shuffle(shuffled)
    for index, exposed in enumerate(spec.rest[0].operations):
        candidates = [item for item in shuffled if f"port.{item.name}" == exposed.behaviour.call]
        found = resolve(candidates, partial(rest_clues, exposed, candidates))
        assert isinstance(found, Resolution)
        assert found.operation is operations[index]
    for siblings in (NO_SIBLINGS, find_siblings(spec.mcp[0], [(spec.rest[0], resolved)])):
        for index, tool in enumerate(spec.mcp[0].tools):
            candidates = [item for item in shuffled if f"port.{item.name}" == tool.behaviour.call]
            found = resolve(candidates, partial(tool_clues, index, spec.mcp[0].tools, candidates, siblings))
            assert isinstance(found, Resolution)
            assert found.operation is operations[index]


@given(st.randoms(use_true_random=False), st.integers(2, 4))
def test_where_nothing_decides_no_order_decides(shuffler: random.Random, count: int):
    operations = list(spec_of([f"r{index} GET /same get" for index in range(count)]).consumes[0].operations)
    exposed = spec_of(BERTHS, ["x GET /same get"]).rest[0].operations[0]
    shuffler.shuffle(operations)
    assert isinstance(resolve(operations, partial(rest_clues, exposed, operations)), Unresolved)


@pytest.mark.skipif(not files(), reason="the public files are not part of the project and are not here")
def test_every_ambiguous_call_of_the_public_files_means_the_operation_at_its_place():
    found = [decision for path in files() for decision in decisions(path)]
    wrong = [
        decision.place
        for decision in found
        if not isinstance(decision.found, Resolution) or decision.found.operation is not decision.meant
    ]
    assert wrong == []
    assert len(found) >= 60
