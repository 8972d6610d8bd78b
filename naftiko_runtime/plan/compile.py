"""Spec → Plan: the whole of compiling.

Everything wrong is collected before anything is refused; a plan exists only where nothing was (C6b).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, in_file_order
from naftiko_runtime.plan.authentication.access import compile_accesses
from naftiko_runtime.plan.calls.targets import Targets
from naftiko_runtime.plan.calls.toolcalls import ToolCalls
from naftiko_runtime.plan.calls.upstreams import compile_apis
from naftiko_runtime.plan.faces.adapters import Faces
from naftiko_runtime.plan.faces.control import compile_controls
from naftiko_runtime.plan.faces.forwards import Forwards
from naftiko_runtime.plan.faces.skills import compile_skills
from naftiko_runtime.plan.functions.aggregates import Aggregates
from naftiko_runtime.plan.functions.compiler import FunctionCompiler
from naftiko_runtime.plan.functions.salvage import salvage
from naftiko_runtime.plan.model.face import ControlFace, Plan, SkillFace
from naftiko_runtime.plan.model.function import Refused
from naftiko_runtime.plan.scope.findings import Finding, Findings
from naftiko_runtime.plan.scope.variables import Environment, Variables
from naftiko_runtime.plan.steps.scripting import Scripts
from naftiko_runtime.spec.load import Reading
from naftiko_runtime.spec.model.capability import Spec
from naftiko_runtime.spec.text.document import Document


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of compiling one file: every diagnostic of reading and compiling in file order, and the plan unless one
    of them is an error.
    """

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def compile_plan(
    reading: Reading,
    environment: Environment | None,
    *,
    upstreams: Mapping[str, str] | None = None,
    partial: bool = False,
    seed: bytes = b"",
    allow_scripts: bool | None = None,
) -> Compilation:
    """Compile what was read. Without an `environment` every variable is masked, and unset ones are no error (C2).

    `upstreams` replaces the `baseUri` of consumed namespaces. With `partial`, what is right in a file with errors is
    served, and each error is a warning that names what it left out (C6b). `seed` is random, and the same in every
    process that serves the file. `allow_scripts` is None where nothing is going to run.
    """
    document = reading.document
    if document is None:
        return Compilation(None, reading.diagnostics)
    if reading.spec is None:
        return Compilation(None, document.as_written(reading.diagnostics))
    findings = Findings(document, reading.spec.flawed)
    variables = Variables(reading.spec, environment, findings, partial=partial)
    made = _compile(reading.spec, document, variables, findings, upstreams or {}, seed, allow_scripts)
    diagnostics = document.as_written(in_file_order([*reading.diagnostics, *findings.diagnostics]))
    has_errors = reading.has_errors or findings.has_errors
    if has_errors and not partial:
        return Compilation(None, diagnostics)
    errors = [Finding(item, ()) for item in reading.diagnostics if item.is_error]
    flaws = [*errors, *findings.errors, *findings.withheld]
    if not flaws:
        return Compilation(made.plan(reading, diagnostics, {}), diagnostics)
    offers = made.faces.offers
    saved = salvage([*offers, *made.aggregates.offers], flaws, variables.uses)
    if has_errors and not made.faces.offers_more and all(id(offer.function) in saved.refusals for offer in offers):
        return Compilation(None, diagnostics)
    untold, told = document.as_written(flaw.diagnostic for flaw in flaws), document.as_written(saved.diagnostics)
    diagnostics = in_file_order([*(item for item in diagnostics if item not in untold), *told])
    return Compilation(made.plan(reading, diagnostics, saved.refusals), diagnostics)


class _Made(NamedTuple):
    """What compiling made of a file, before it is known what of it is withheld."""

    label: str
    version: str
    faces: Faces
    aggregates: Aggregates
    skills: tuple[SkillFace, ...]
    controls: tuple[ControlFace, ...]

    def plan(self, reading: Reading, diagnostics: tuple[Diagnostic, ...], refusals: Mapping[int, Refused]) -> Plan:
        """The plan of what `refusals` leave."""
        rest, mcp = self.faces.settle(refusals)
        shared = self.aggregates.settle(refusals)
        return Plan(self.label, reading.file, self.version, rest, mcp, diagnostics, self.skills, shared, self.controls)


def _compile(
    spec: Spec,
    document: Document,
    variables: Variables,
    findings: Findings,
    upstreams: Mapping[str, str],
    seed: bytes,
    allow_scripts: bool | None,
) -> _Made:
    apis = compile_apis(spec, document, variables, upstreams, findings)
    label = spec.info.label or PurePath(spec.file).stem
    tool_calls = ToolCalls(spec, apis, findings)
    targets = Targets(spec, apis, tool_calls, findings)
    scripts = Scripts(spec, allow_scripts, findings)
    functions = FunctionCompiler(label, apis, targets, scripts, variables, findings)
    aggregates = Aggregates(spec, functions, targets, findings)
    forwards = Forwards(label, apis, spec.absent, variables, findings)
    accesses = compile_accesses(spec, variables, findings, seed)
    faces = Faces(functions, targets, tool_calls, aggregates, variables, findings, accesses, forwards)
    faces.compile(spec)
    skills = compile_skills(spec, faces.address_of, accesses, findings)
    controls = compile_controls(spec, faces.address_of, accesses, variables, findings, allow_scripts=allow_scripts)
    targets.report()
    variables.report()
    return _Made(label, spec.info.version, faces, aggregates, skills, controls)
