"""What does the path of an exposed operation say: its placeholders, and what makes two of them one?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.template import Part, TemplateError, parse_template, placeholders
from naftiko_runtime.spec.model.capability import ExposedOperation, Forward


@dataclass(frozen=True, slots=True)
class ExposedPath:
    """A path with its placeholders written `{name}`. `shape` is the same for paths that no request can tell apart."""

    text: str
    names: tuple[str, ...]
    shape: str


class ExposedPaths:
    """Reads the paths of one file."""

    def __init__(self, variables: Variables, findings: Findings) -> None:
        self._variables = variables
        self._findings = findings

    def of(self, operation: ExposedOperation | Forward) -> ExposedPath | None:
        """The path of an operation; None, with a finding, where it is none."""
        path, mark, rest = operation.path.partition("?")
        if mark:
            message = f"the query `?{rest}` stands in an exposed path; it is left out"
            help_text = "declare `in: query` inputs instead"
            self._findings.warning("NK4009", message, operation.path_at, help_text)
        try:
            parts = self._filled(parse_template(path, single=True), operation)
        except TemplateError as error:
            message = f"the exposed path is malformed: {error}"
            self._findings.error("NK4008", message, operation.path_at, "write placeholders as `{name}`")
            return None
        text = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)
        shape = "".join(part if isinstance(part, str) else "{}" for part in parts)
        names = dict.fromkeys(placeholder.name for placeholder in placeholders(parts))
        slash = "" if text.startswith("/") else "/"
        return ExposedPath(slash + text, tuple(names), slash + shape)

    def _filled(self, parts: tuple[Part, ...], operation: ExposedOperation | Forward) -> tuple[Part, ...]:
        """The parts with the values of variables; `{name}`, in single braces, is always a placeholder."""
        filled: list[Part] = []
        for part in parts:
            if isinstance(part, str) or not part.is_double:
                filled.append(part)
                continue
            name = self._variables.caller_name(part.name, operation.path_at)
            if name is not None:
                filled.append(part._replace(name=name))
            elif part.name in self._variables:
                filled.append(quote(self._variables.value(part.name, operation.path_at), safe="/:@!$&'()*+,;=~%"))
        return tuple(filled)
