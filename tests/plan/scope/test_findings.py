"""What is wrong with a spec is collected at its place, once, and without what only follows from it (C7)."""

from __future__ import annotations

import pytest

from naftiko_runtime.diagnostics import Severity
from tests.plan.written import findings_of

TEXT = "a:\n  b: 1\n  c: [x, y]\nd: 2\n"


def test_a_finding_has_the_place_of_its_value():
    findings = findings_of(TEXT)
    findings.error("NK4001", "wrong", ("a", "b"), "mend it")
    (found,) = findings.diagnostics
    assert (found.code, found.severity, found.file, found.pointer) == ("NK4001", Severity.ERROR, "part.yaml", "/a/b")
    assert (found.span.line, found.span.column, found.help) == (2, 6, "mend it")


def test_a_finding_may_have_the_place_of_its_key():
    findings = findings_of(TEXT)
    findings.error("NK4001", "wrong", ("a", "b"), "mend it", key=True)
    assert (findings.diagnostics[0].span.line, findings.diagnostics[0].span.column) == (2, 3)


def test_findings_come_in_the_order_of_the_file():
    findings = findings_of(TEXT)
    findings.warning("NK3008", "last", ("d",), "")
    findings.warning("NK4005", "second", ("a", "c", 1), "")
    findings.error("NK4001", "first", ("a", "b"), "")
    assert [item.message for item in findings.diagnostics] == ["first", "second", "last"]


@pytest.mark.parametrize(("tell", "is_error"), [("error", True), ("warning", False)])
def test_only_errors_keep_a_plan_from_being_made(tell, is_error):
    findings = findings_of(TEXT)
    getattr(findings, tell)("NK4001", "m", ("a",), "h")
    assert findings.has_errors is is_error


def test_the_same_problem_of_the_same_place_is_told_once():
    findings = findings_of(TEXT)
    for _ in range(3):
        findings.error("NK4001", "m", ("a",), "h")
    findings.error("NK4001", "m", ("d",), "h")
    assert len(findings.diagnostics) == 2


@pytest.mark.parametrize("tell", ["error", "warning"])
def test_nothing_is_told_about_what_lies_in_a_flawed_object(tell):
    findings = findings_of(TEXT, flawed=(("a",),))
    getattr(findings, tell)("NK4001", "m", ("a", "b"), "h")
    assert findings.diagnostics == ()


def test_an_error_in_a_flawed_object_still_keeps_a_plan_from_being_made():
    findings = findings_of(TEXT, flawed=(("a",),))
    findings.error("NK4001", "m", ("a", "b"), "h")
    assert findings.has_errors


def test_what_lies_beside_a_flawed_object_is_told():
    findings = findings_of(TEXT, flawed=(("a",),))
    findings.error("NK4001", "m", ("d",), "h")
    assert len(findings.diagnostics) == 1


@pytest.mark.parametrize(
    ("at", "is_flawed"),
    [(("a", "c"), True), (("a", "c", 0), True), (("a",), True), (("a", "b"), False), (("d",), False)],
)
def test_a_place_is_flawed_where_it_lies_in_a_flaw_or_holds_one(at, is_flawed):
    assert findings_of(TEXT, flawed=(("a", "c"),)).is_flawed(at) is is_flawed


def test_an_origin_outlives_the_document():
    assert str(findings_of(TEXT).origin(("d",))) == "part.yaml:4:4"


def test_a_warning_may_point_at_a_second_place():
    findings = findings_of(TEXT)
    findings.warning("NK4005", "m", ("d",), "h", related=(findings.related("and here", ("a", "b")),))
    (related,) = findings.diagnostics[0].related
    assert (related.message, related.file, related.span.line) == ("and here", "part.yaml", 2)


def test_a_finding_concerns_what_it_says_each_time_it_is_told():
    findings = findings_of(TEXT)
    findings.error("NK4001", "m", ("a", "b"), "h")
    findings.error("NK4002", "m", ("a", "c"), "h", concerns=(("d",),))
    findings.error("NK4002", "m", ("a", "c"), "h", concerns=(("a", "b"), ("a",)))
    findings.warning("NK4005", "m", ("a",), "h")
    assert [(item.diagnostic.code, item.concerns) for item in findings.errors] == [
        ("NK4001", ()), ("NK4002", ("/d", "/a/b", "/a")),
    ]  # fmt: skip
