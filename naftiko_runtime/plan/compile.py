"""Spec → Plan: the whole of compiling.

Everything wrong is collected before anything is refused; a plan exists only where nothing was (C6b).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from naftiko_runtime.diagnostics import Diagnostic, in_file_order
from naftiko_runtime.plan.faces import Faces
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.functions import FunctionCompiler
from naftiko_runtime.plan.model import Plan
from naftiko_runtime.plan.targets import Targets
from naftiko_runtime.plan.upstreams import compile_apis
from naftiko_runtime.plan.variables import Environment, Variables
from naftiko_runtime.spec.load import Reading


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of compiling one file: every diagnostic of reading and compiling in file order, and the plan unless one
    of them is an error.
    """

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def compile_plan(
    reading: Reading, environment: Environment | None, *, upstreams: Mapping[str, str] | None = None
) -> Compilation:
    """Compile what was read. Without an `environment` every variable is masked, and unset ones are no error (C2).

    `upstreams` replaces the `baseUri` of consumed namespaces.
    """
    spec, document = reading.spec, reading.document
    if spec is None or document is None:
        return Compilation(None, reading.diagnostics)
    findings = Findings(document, spec.flawed)
    variables = Variables(spec, environment, findings)
    apis = compile_apis(spec, document, variables, upstreams or {}, findings)
    label = spec.info.label or PurePath(spec.file).stem
    targets = Targets(spec, apis, findings)
    faces = Faces(FunctionCompiler(label, apis, variables, findings), targets, findings)
    faces.unserved(spec.unserved)
    rest = tuple(faces.rest(adapter) for adapter in spec.rest)
    mcp = tuple(faces.mcp(adapter) for adapter in spec.mcp)
    targets.report()
    variables.report()
    diagnostics = in_file_order([*reading.diagnostics, *findings.diagnostics])
    if reading.has_errors or findings.has_errors:
        return Compilation(None, diagnostics)
    return Compilation(Plan(label, reading.file, spec.info.version, rest, mcp, diagnostics), diagnostics)
