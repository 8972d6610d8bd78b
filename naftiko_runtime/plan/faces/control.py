"""A control adapter, compiled into its face.

It concerns the whole process and not one capability, so a file has one of them at most: of two, nobody could say whose
settings are meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

from naftiko_runtime.plan.authentication.access import Accesses
from naftiko_runtime.plan.model.face import ControlFace
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import MASK, Variables
from naftiko_runtime.plan.text.addresses import address_problem
from naftiko_runtime.spec.model.capability import Spec
from naftiko_runtime.spec.model.control import ControlAdapter, Management, Observability

EXPORTER = "opentelemetry.exporter.otlp.proto.http"
"""The module that sends to a collector."""


def compile_controls(
    spec: Spec,
    address: Callable[[ControlAdapter], str],
    accesses: Accesses,
    variables: Variables,
    findings: Findings,
    exporter: str = EXPORTER,
    *,
    allow_scripts: bool | None = None,
) -> tuple[ControlFace, ...]:
    """The control face of a file, if it has one. `address` gives what an adapter listens on, `accesses` who may call;
    one whose authentication is wrong is not there at all. `exporter` is the module that sends to a collector; it need
    not be installed. `allow_scripts` is what whoever runs the file says where the text leaves it to them.
    """
    for adapter in spec.controls[1:]:
        findings.error(
            "NK3022",
            "a second control adapter",
            adapter.at,
            "keep one of them: it is for the whole capability",
            related=(findings.related("the first is here", spec.controls[0].at),),
            concerns=(adapter.at,),
        )
    return tuple(
        ControlFace(
            address(adapter),
            adapter.port,
            _management(adapter.management, allow_scripts),
            _observability(adapter, variables, findings, exporter),
            accesses.of(adapter.at),
        )
        for adapter in spec.controls[:1]
        if not accesses.is_shut(adapter.at)
    )


def _management(management: Management, allow_scripts: bool | None) -> Management:
    scripting = management.scripting
    if scripting is None or scripting.enabled is not None:
        return management
    return replace(management, scripting=replace(scripting, enabled=bool(allow_scripts)))


def _observability(adapter: ControlAdapter, variables: Variables, findings: Findings, exporter: str) -> Observability:
    observability = adapter.observability
    if observability.otlp_endpoint is None:
        return observability
    at = (*observability.at, "exporters", "otlp", "endpoint")
    endpoint = variables.filled(observability.otlp_endpoint, at)
    problem = address_problem(endpoint)
    if problem and MASK not in endpoint:
        help_text = "write the collector's address, such as `http://127.0.0.1:4318`"
        findings.error("NK4011", f"nothing can be exported there: {problem}", at, help_text, concerns=(adapter.at,))
        return replace(observability, otlp_endpoint=None)
    if not _is_installed(exporter):
        message = "exporting needs OpenTelemetry, which is not installed"
        help_text = "install it: `pip install 'naftiko-runtime[otel]'`"
        findings.error("NK7010", message, at, help_text, concerns=(adapter.at,))
        return replace(observability, otlp_endpoint=None)
    return replace(observability, otlp_endpoint=endpoint.rstrip("/"))


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
