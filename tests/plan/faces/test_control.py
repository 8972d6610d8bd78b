"""Control adapters, compiled."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.authentication.access import Accesses
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.faces.control import compile_controls
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Environment, Variables
from naftiko_runtime.spec.load import read_text

HEAD = "naftiko: 1.0.0-alpha2\n"
ENVIRONMENT = Environment({"COLLECTOR": "http://collector.test:4318/"}, {})


def _compiled(*adapters: str, head: str = HEAD, environment: Environment | None = ENVIRONMENT) -> Compilation:
    text = head + "capability:\n  exposes:\n" + "".join(f"  - {adapter}\n" for adapter in adapters)
    return compile_plan(read_text(text, "harbour.yaml"), environment)


def test_a_control_adapter_listens_on_this_machine_alone() -> None:
    plan = _compiled("{type: control, port: 9100}").plan

    assert plan is not None
    [face] = plan.controls
    assert (face.address, face.port, face.access) == ("127.0.0.1", 9100, None)
    assert plan.faces == (face,)


def test_a_second_one_is_refused() -> None:
    compilation = _compiled("{type: control, port: 9100}", "{type: control, port: 9200}")

    assert [(item.code, item.pointer) for item in compilation.diagnostics] == [("NK3022", "/capability/exposes/1")]


def test_its_authentication_is_a_policy() -> None:
    plan = _compiled("{type: control, port: 9100, authentication: {type: bearer, token: canary}}").plan

    assert plan is not None
    assert plan.controls[0].access is not None


def test_it_is_not_there_where_its_authentication_is_wrong() -> None:
    compilation = _compiled("{type: control, port: 9100, authentication: {type: bearer, token: ''}}")

    assert compilation.plan is None


_EXPORTS = "{type: control, port: 9100, observability: {exporters: {otlp: {endpoint: '%s'}}}}"
_BIND = HEAD + "binds:\n  - {namespace: env, keys: {COLLECTOR: COLLECTOR}}\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
        ("http://127.0.0.1:4318/base/", "http://127.0.0.1:4318/base"),
        ("{{COLLECTOR}}", "http://collector.test:4318"),
    ],
)
def test_traces_are_sent_to_a_collector(written: str, meant: str) -> None:
    plan = _compiled(_EXPORTS % written, head=_BIND).plan

    assert plan is not None
    assert plan.controls[0].observability.otlp_endpoint == meant


def test_a_collector_has_an_address() -> None:
    compilation = _compiled(_EXPORTS % "collector:4318")

    assert [(item.code, item.span.line) for item in compilation.diagnostics if item.span] == [("NK4011", 4)]


@pytest.mark.parametrize("exporter", ["json.absent", "absent.module"])
def test_a_library_that_is_not_installed_is_told_with_the_line_that_installs_it(exporter: str) -> None:
    reading = read_text(f"{HEAD}capability:\n  exposes:\n  - {_EXPORTS % 'http://127.0.0.1:4318'}\n", "harbour.yaml")
    assert reading.spec is not None
    assert reading.document is not None
    findings = Findings(reading.document, ())
    variables = Variables(reading.spec, ENVIRONMENT, findings)
    [face] = compile_controls(reading.spec, lambda _: "127.0.0.1", Accesses({}), variables, findings, exporter)

    assert face.observability.otlp_endpoint is None
    assert [(item.code, item.help) for item in findings.diagnostics] == [
        ("NK7010", "install it: `pip install 'naftiko-runtime[otel]'`")
    ]


def test_a_masked_address_is_not_judged() -> None:
    assert _compiled(_EXPORTS % "{{COLLECTOR}}", head=_BIND, environment=None).diagnostics == ()


@pytest.mark.parametrize(
    ("written", "allowed", "meant"),
    [
        ("{}", None, False),
        ("{}", False, False),
        ("{}", True, True),
        ("{enabled: false}", True, False),
        ("{enabled: true}", False, True),
    ],
)
def test_whether_scripts_may_run_is_settled(written: str, allowed: bool | None, meant: bool) -> None:
    text = f"{HEAD}capability:\n  exposes:\n  - {{type: control, port: 9100, management: {{scripting: {written}}}}}\n"
    plan = compile_plan(read_text(text, "harbour.yaml"), ENVIRONMENT, allow_scripts=allowed).plan

    assert plan is not None
    [face] = plan.controls
    assert face.management.scripting is not None
    assert face.management.scripting.enabled is meant
