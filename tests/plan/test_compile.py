from __future__ import annotations

import pytest

from naftiko_runtime.errors import AddressError
from naftiko_runtime.plan.compile import compile_plan
from naftiko_runtime.plan.scope.variables import Environment
from naftiko_runtime.spec.load import read_text
from tests.plan.ships import (
    CALL,
    FILE,
    SET,
    capability,
    codes,
    compiled,
    marked,
    only_error,
    plan,
    request,
    tool,
    warnings,
)


def test_a_plan_has_the_capabilitys_label_version_and_file():
    made = plan(capability().replace("label: Ships,", "label: Ships, version: '1.2',"))
    assert (made.label, made.version, made.file) == ("Ships", "1.2", FILE)


def test_without_a_label_the_files_name_serves():
    text = capability().replace("label: Ships, ", "label: '', ")
    assert plan(text).label == "ships"


def test_what_can_not_be_read_is_not_compiled():
    reading = read_text("naftiko: [", FILE)
    compilation = compile_plan(reading, None)
    assert (compilation.plan, compilation.diagnostics) == (None, reading.diagnostics)


def test_every_error_of_a_file_is_told_in_one_run_in_file_order():
    text = capability(
        "inputParameters: [{name: a, in: query}]",
        exposed=f"{CALL}, with: {{b: rest.b}}",
        tool=f"{CALL}, with: {{a: $.x.y}}",
        api="baseUri: ftp://ships.invalid, authentication: {type: bearer}",
    )
    assert codes(compiled(text)) == ["NK4011", "NK6006", "NK4001", "NK4014"]


def test_the_warnings_of_reading_and_compiling_come_with_the_plan():
    text = capability("inputParameters: [{name: a, in: query, type: string}]", path="/ships?x=1", route="/ships")
    assert {item.code for item in plan(text).diagnostics} == {"NK2011", "NK4009"}


def test_an_unset_variable_that_nothing_uses_is_no_reason_to_refuse():
    assert plan(capability(), Environment()).label == "Ships"


def test_an_unset_variable_that_is_used_is_refused_once_at_its_bind():
    text = capability(
        "inputParameters: [{name: a, in: query, value: '{{USER}}'}, {name: b, in: query, value: '{{USER}}'}]"
    )
    found = only_error(text, Environment())
    assert (found.code, marked(text, found)) == ("NK6001", "USER")


def test_without_an_environment_unset_variables_are_masked():
    text = capability("inputParameters: [{name: a, in: query, value: '{{USER}}'}]")
    assert compiled(text, None).plan is not None
    assert compiled(text, SET).plan is not None


# --- no knock-on noise


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("call: ships.find}", "cal: ships.find}", "NK2001"),
        ("name: find-ship, method: GET,", "name: find-ship, metod: GET,", "NK2001"),
        ("name: find, method: GET", "nam: find, method: GET", "NK2001"),
        ("name: find, method: GET", "name: find, method: FETCH", "NK2004"),
        ("namespace: ships, baseUri", "namespac: ships, baseUri", "NK2001"),
        ('path: "/ships", operations', 'pat: "/ships", operations', "NK2001"),
    ],
)
def test_what_the_schema_refused_is_not_told_again(old, new, code):
    text = capability()
    assert old in text
    assert set(codes(compiled(text.replace(old, new, 1)))) == {code}


# --- calls


def test_a_call_of_an_unknown_operation_is_refused_at_the_call():
    text = capability(tool="call: ships.fnid")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK3001", "ships.fnid")
    assert found.help == "did you mean `ships.find`? `ships` has: find"


def test_the_names_of_a_large_api_are_not_all_listed():
    more = ", ".join(f"{{name: op{n}, method: GET}}" for n in range(20))
    text = capability(tool="call: ships.zzz").replace(
        "{name: find, method: GET}", f"{{name: find, method: GET}}, {more}", 1
    )
    assert only_error(text).help.endswith("op10, …")


@pytest.mark.parametrize(("call", "hint"), [("ship.find", "did you mean `ships.find`? "), ("vessels.find", "")])
def test_a_call_of_an_unknown_namespace_is_refused_at_the_call(call, hint):
    text = capability(tool=f"call: {call}")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK3002", call)
    assert found.help == f"{hint}namespaces here: ships"


def test_a_call_that_is_no_call_is_refused():
    text = capability(tool="call: find")
    found = only_error(text)
    assert (found.code, marked(text, found), found.help) == ("NK3003", "find", "namespaces here: ships")


def test_a_call_into_an_import_is_not_told_besides_the_import():
    text = capability(exposed="call: other.find", tool="call: other.find")
    text = text.replace("  exposes:\n", "  - {import: other, location: ./other.yaml}\n  exposes:\n", 1)
    assert set(codes(compiled(text))) == {"NK2014"}


TWO = """
      {name: ship, path: "/ships/{id}", operations: [{name: find, method: GET}]},
      {name: crew, path: "/crew/{id}", operations: [{name: find, method: GET}]}]}"""


def ambiguous(route: str, exposed: str = CALL, tool: str = CALL) -> str:
    """A capability in which two resources have an operation `find`."""
    text = capability(route=route, exposed=exposed, tool=tool).replace("name: ship\n", "name: crew-list\n")
    start, end = text.index("resources: [") + len("resources: ["), text.index("  exposes:")
    return f"{text[:start]}{TWO}\n{text[end:]}"


def test_an_ambiguous_call_is_resolved_by_evidence_on_both_faces_and_told_once():
    text = ambiguous("/v1/crew/{id}")
    made = plan(text)
    assert [made.rest[0].routes[0].function.action.target.path, tool(text).action.target.path] == ["/crew/{id}"] * 2
    [found] = warnings(text, "NK3005")
    assert found.message.startswith("2 calls name an operation")
    assert [item.rule for item in tool(text).action.target.evidence] == ["sibling operation"]


def test_one_ambiguous_call_is_told_in_the_singular():
    [found] = warnings(ambiguous("/v1/crew/{id}", tool="call: ships.ship.find"), "NK3005")
    assert found.message.startswith("one call names an operation")


def test_an_ambiguous_call_without_evidence_is_refused_with_its_candidates():
    text = ambiguous("/somewhere", exposed="call: ships.ship.find")
    found = only_error(text)
    assert (found.code, marked(text, found)) == ("NK3004", "ships.find")
    assert "`ships.ship.find` (GET /ships/{id})" in found.help


def test_an_exposed_method_other_than_the_called_one_is_served_and_told():
    text = capability(method="POST", exposed_method="PUT")
    [found] = warnings(text, "NK3011")
    assert marked(text, found) == "PUT"
    assert "PUT /ships calls POST /ships" in found.message


def test_a_method_that_is_none_is_not_compared():
    assert [item.code for item in compiled(capability(exposed_method="PSOT")).diagnostics] == ["NK2004"]


def test_an_address_without_a_scheme_is_told_once():
    made = compiled(capability().replace("https://", ""))
    assert [item.code for item in made.diagnostics] == ["NK4011"]


# --- tunnels


TUNNEL = "baseUri: http://ships.invalid, tunnel: {type: ziti}"


def test_what_is_reached_through_a_tunnel_refuses_each_call_and_says_so():
    found = compiled(capability(api=TUNNEL, tool=CALL))
    assert [item.is_error for item in found.diagnostics if item.code == "NK2008"] == [False]
    assert found.plan is not None
    with pytest.raises(AddressError, match="--upstream ships=URL"):
        request(found.plan.mcp[0].tools[0].function)


def test_an_address_that_is_given_needs_no_tunnel():
    found = compiled(capability(api=TUNNEL, tool=CALL), upstreams={"ships": "http://127.0.0.1:9"})
    assert "NK2008" not in [item.code for item in found.diagnostics]
    assert found.plan is not None
    assert request(found.plan.mcp[0].tools[0].function).url.startswith("http://127.0.0.1:9/")
