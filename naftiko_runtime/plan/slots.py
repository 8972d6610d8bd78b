"""What does a consumed operation need? Its slots: every parameter that may travel in its request.

A slot is a placeholder of the path, a declared input, or a variable of the body template. Undeclared placeholders are
required texts (catalogue §f: 46,785 operations have one). What is the runtime's own (the credential, `Content-Length`) is
no slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.model import Place
from naftiko_runtime.plan.names import find_name, find_value, fold
from naftiko_runtime.plan.template import Part, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.variables import Variables
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.model import Authentication, ConsumedOperation, InputParameter

OWN_HEADERS = frozenset({"authorization", "accept", "content-type", "content-length", "host"})
"""Headers a caller never supplies (C13): the runtime makes them itself."""

_PLACES = {"query": Place.QUERY, "header": Place.HEADER, "cookie": Place.COOKIE, "body": Place.BODY}


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of an upstream request. `key` is its spelling on the wire; `parameter` the declaration, if any.

    `is_template` marks a variable of the body template: it fills a gap there and has no place of its own.
    """

    name: str
    place: Place
    required: bool
    parameter: InputParameter | None = None
    is_template: bool = False

    @property
    def has_fixed_value(self) -> bool:
        """Whether the text fixes the value, so that no caller need give it."""
        return self.parameter is not None and self.parameter.value is not None


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots of an operation, and its path taken apart.

    `unsent` names declared inputs that are no slots, because the runtime makes them itself or the path has lost them.
    """

    path: tuple[Part, ...]
    fixed_query: tuple[tuple[str, tuple[Part, ...]], ...]
    slots: tuple[Slot, ...]
    unsent: frozenset[str]

    def find(self, name: str) -> Slot | None:
        """The slot a name of `with` means."""
        return find_value(name, {slot.name: slot for slot in self.slots})


def collect_slots(
    operation: ConsumedOperation,
    authentication: Authentication | None,
    variables: Variables,
    body_variables: tuple[str, ...],
    findings: Findings,
) -> Slots:
    """The slots of `operation`. `body_variables` are the names its body template leaves open."""
    path, fixed_query = split_path(operation, variables, findings)
    declared = {parameter.name: parameter for parameter in operation.inputs}
    slots: dict[str, Slot] = {}
    for name in _open_names(path, fixed_query, variables, operation.path_at):
        parameter = find_value(name, declared)
        slots.setdefault(name, Slot(name, Place.PATH, True, parameter))
    unsent: list[str] = []
    for parameter in operation.inputs:
        slot = _declared_slot(parameter, operation, authentication, findings)
        if slot is None:
            unsent.append(parameter.name)
        elif find_name(slot.name, slots) is None:
            slots[slot.name] = slot
    for name in body_variables:
        if find_name(name, slots) is None:
            parameter = find_value(name, declared)
            slots[name] = Slot(name, Place.BODY, parameter is not None and parameter.required is True, parameter, True)
    return Slots(path, fixed_query, tuple(slots.values()), frozenset(unsent) - slots.keys())


def _open_names(
    path: tuple[Part, ...], fixed_query: tuple[tuple[str, tuple[Part, ...]], ...], variables: Variables, at: Pointer
) -> Iterator[str]:
    for parts in (path, *(parts for _, parts in fixed_query)):
        for placeholder in placeholders(parts):
            name = variables.caller_name(placeholder.name, at)
            if name is not None:
                yield name


def _declared_slot(
    parameter: InputParameter, operation: ConsumedOperation, authentication: Authentication | None, findings: Findings
) -> Slot | None:
    if parameter.place == "path":
        if not _is_in_path(parameter.name, operation):
            _report_lost(parameter, operation, findings)
        return None
    place = _PLACES.get(parameter.place or "")
    if place is None or _is_credential(parameter, authentication):
        return None
    if place is Place.HEADER and parameter.name.lower() in OWN_HEADERS and parameter.value is None:
        return None
    required = parameter.required is True and not parameter.has_default
    return Slot(parameter.name, place, required, parameter)


def _report_lost(parameter: InputParameter, operation: ConsumedOperation, findings: Findings) -> None:
    """A required path input without its placeholder names another resource than the path does: `DELETE /tables/{table}`
    would go out where one record of it was meant."""
    message = f"`{parameter.name}` is declared `in: path`, but {operation.path} has no such placeholder"
    help_text = f"write `{{{parameter.name}}}` into the path, or another `in`"
    if parameter.required:
        findings.error("NK4008", message, parameter.at, help_text)
    else:
        findings.warning("NK4008", f"{message}; it is not sent", parameter.at, help_text)


def _is_in_path(name: str, operation: ConsumedOperation) -> bool:
    try:
        parts = parse_template(operation.path, single=True)
    except TemplateError:
        return True
    return any(fold(placeholder.name) == fold(name) for placeholder in placeholders(parts))


def _is_credential(parameter: InputParameter, authentication: Authentication | None) -> bool:
    if authentication is None or authentication.type != "apikey":
        return False
    if parameter.place != authentication.fields.get("placement"):
        return False
    own = authentication.fields.get("key", "")
    return parameter.name.lower() == own.lower() if parameter.place == "header" else parameter.name == own


def split_path(
    operation: ConsumedOperation, variables: Variables, findings: Findings
) -> tuple[tuple[Part, ...], tuple[tuple[str, tuple[Part, ...]], ...]]:
    """The path's parts, and the query that some files write into their path (catalogue §c: 91 operations)."""
    text, mark, fragment = operation.path.partition("#")
    path, _, query = text.partition("?")
    if mark and fragment:
        help_text = "remove it; a fragment never travels to a server"
        findings.warning("NK4009", f"the fragment `#{fragment}` is left out", operation.path_at, help_text)
    if query:
        findings.warning(
            "NK4009",
            f"the query `?{query}` stands in the path; it is sent as written",
            operation.path_at,
            "declare `in: query` inputs with a `value` instead",
        )
    try:
        pairs = tuple(_query_pair(pair) for pair in query.split("&") if pair)
        return parse_template(path, single=True), pairs
    except TemplateError as error:
        findings.error("NK4008", f"the path is malformed: {error}", operation.path_at, "write placeholders as `{name}`")
        return (), ()


def _query_pair(pair: str) -> tuple[str, tuple[Part, ...]]:
    key, _, value = pair.partition("=")
    return key, parse_template(value, single=True)
