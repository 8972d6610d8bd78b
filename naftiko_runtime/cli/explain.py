"""`naftiko explain`: what does the program make of a file, and what does a code mean?"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from naftiko_runtime.cli.addresses import upstream_addresses
from naftiko_runtime.cli.exposures import everything_of, find_exposures
from naftiko_runtime.cli.loading import unknown_upstreams, usage
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.portrait import portray, portray_face, portray_offerings
from naftiko_runtime.cli.report import sources_of, tell
from naftiko_runtime.cli.terminal import AT_FAULT, FINE, USAGE, put
from naftiko_runtime.data import data_path
from naftiko_runtime.diagnostics import CODES, Diagnostic, visible
from naftiko_runtime.host.embedding.exposures import Exposure
from naftiko_runtime.host.files.capability import inspect_capability
from naftiko_runtime.host.files.discovery import discover
from naftiko_runtime.plan.model.face import Plan

_CODE = re.compile(r"NK[0-9]{4}", re.IGNORECASE)


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. No variable is read: every value of one is shown as ***."""
    if _CODE.fullmatch(options.subject):
        return _explain_code(options.subject.upper())

    upstreams = upstream_addresses(options.upstream)
    discovery = discover([Path(options.subject)])
    capabilities = [inspect_capability(path, upstreams=upstreams) for path in discovery.files]
    if unknown := unknown_upstreams(upstreams, capabilities):
        return usage(unknown, environment)
    plans = [capability.plan for capability in capabilities if capability.plan is not None]
    chosen: list[Exposure] | None = None
    if options.name is not None and plans:
        found = find_exposures(plans, options.name)
        if isinstance(found, Diagnostic):
            tell([found], {}, environment)
            return USAGE
        chosen = found
    for plan in plans:
        put("\n".join(_explain(plan, chosen)))
    diagnostics = [*discovery.diagnostics, *(item for one in capabilities for item in one.diagnostics)]
    tell(
        diagnostics if chosen is None else [item for item in diagnostics if item.is_error],
        sources_of(capabilities),
        environment,
    )
    return AT_FAULT if any(item.is_error for item in diagnostics) else FINE


def _explain_code(code: str) -> int:

    if code not in CODES:
        family = [known for known in CODES if known[:3] == code[:3]]
        raise UsageError(f"there is no code {code}; there are {', '.join(family or CODES)}")
    put(data_path("errors", f"{code}.md").read_text(encoding="utf-8").rstrip())
    return FINE


def _explain(plan: Plan, chosen: list[Exposure] | None) -> Iterator[str]:
    """The lines for one capability: each face, and each function below it."""
    shown = [item for item in everything_of(plan) if chosen is None or item in chosen]
    others = [line for mcp in plan.mcp for line in portray_offerings(mcp)] if chosen is None else []
    if not shown and not others:
        return
    yield visible(f"{plan.label} ({plan.file})")
    face = None
    for item in shown:
        if item.face is not face:
            face = item.face
            yield ""
            yield portray_face(face)
        yield ""
        yield from portray(item)
    yield from others
    yield ""
