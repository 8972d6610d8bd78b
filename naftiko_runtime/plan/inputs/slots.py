"""What does a consumed operation need? Its slots: every parameter that may travel in its request.

A slot is a placeholder of the path, a declared input, or a variable of a template (the body's, or a query written into
the path). Undeclared placeholders are required texts (catalogue §f: 46,785 operations have one). What is the runtime's
own (the credential, `Content-Length`) is no slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import find_name, find_value, fold
from naftiko_runtime.plan.text.template import Part, TemplateError, parse_template, placeholders
from naftiko_runtime.plan.text.values import dot_segment
from naftiko_runtime.spec.model.authentication import Authentication
from naftiko_runtime.spec.model.capability import ConsumedOperation, InputParameter
from naftiko_runtime.spec.text.document import Pointer

OWN_HEADERS = frozenset({"authorization", "accept", "content-type", "content-length", "host"})
"""Headers a caller never supplies (C13): the runtime makes them itself."""

# RFC 9110 §7.6.1 and RFC 9112 §6: whoever sets these decides where a message ends, or for whom it is.
_FRAMING_HEADERS = frozenset(
    {"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_PLACES = {"query": Place.QUERY, "header": Place.HEADER, "cookie": Place.COOKIE, "body": Place.BODY}

QueryPair = tuple[str, tuple[Part, ...]]
"""A key of a query that was written into a path, as it stands there, and the parts of its value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of an upstream request. `name` is its spelling on the wire; `parameter` the declaration, if any.

    `is_template` marks a variable of a template: it fills a gap there and is not sent under its own name. `is_textual`
    marks a placeholder of a longer text that goes to the slot.
    """

    name: str
    place: Place
    required: bool
    parameter: InputParameter | None = None
    is_template: bool = False
    is_textual: bool = False


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots of an `operation`, and its path taken apart; without an operation, of a tool that another one calls.

    `unsent` names declared inputs that are no slots, because the runtime makes them itself or the path has lost them.
    `is_whole` is False where a body that can't be read may ask for more than these.
    """

    operation: ConsumedOperation | None
    path: tuple[Part, ...]
    fixed_query: tuple[QueryPair, ...]
    slots: tuple[Slot, ...]
    unsent: frozenset[str]
    is_whole: bool = True

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
    path, fixed_query = _split_path(operation, findings)
    declared = _declared_inputs(operation)
    slots: dict[str, Slot] = {}
    for name in _open_names(path, variables, operation.path_at):
        slots.setdefault(name, Slot(name, Place.PATH, True, find_value(name, declared)))
    for _, parts in fixed_query:
        for name in _open_names(parts, variables, operation.path_at):
            slots.setdefault(name, _template_slot(name, Place.QUERY, find_value(name, declared), is_needed=True))
    unsent: list[str] = []
    for parameter in operation.inputs:
        slot = _declared_slot(parameter, operation, authentication, findings)
        if slot is None:
            unsent.append(parameter.name)
        elif find_name(slot.name, slots) is None:
            slots[slot.name] = slot
    for name in body_variables:
        known = find_name(name, slots)
        if known is None:
            slots[name] = _template_slot(name, Place.BODY, find_value(name, declared), is_needed=False)
        elif slots[known].place is Place.BODY:
            # The template says where this `in: body` input goes; it is no field beside it.
            slots[known] = replace(slots[known], is_template=True)
    return Slots(operation, path, fixed_query, tuple(slots.values()), frozenset(unsent) - slots.keys())


def _template_slot(name: str, place: Place, parameter: InputParameter | None, *, is_needed: bool) -> Slot:
    """`is_needed` tells whether a variable that nothing declares must be given."""
    required = is_needed if parameter is None else _is_required(parameter)
    return Slot(name, place, required, parameter, is_template=True)


def _is_required(parameter: InputParameter) -> bool:
    return parameter.required is True and not parameter.has_default


def _open_names(parts: tuple[Part, ...], variables: Variables, at: Pointer) -> Iterator[str]:
    for placeholder in placeholders(parts):
        name = variables.caller_name(placeholder.name, at)
        if name is not None:
            yield name


def _declared_inputs(operation: ConsumedOperation) -> dict[str, InputParameter]:
    """The declared inputs by name, those of the path before others of their name."""
    by_name: dict[str, InputParameter] = {}
    for parameter in operation.inputs:
        if parameter.place == "path":
            by_name[parameter.name] = parameter
        by_name.setdefault(parameter.name, parameter)
    return by_name


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
    if place is Place.HEADER and _is_own_header(parameter, authentication, findings):
        return None
    return Slot(parameter.name, place, _is_required(parameter), parameter)


def _is_own_header(parameter: InputParameter, authentication: Authentication | None, findings: Findings) -> bool:
    """Whether a header input is not sent as declared. The text may fix `Accept` and `Content-Type`, and
    `Authorization` where no credential is declared; what frames the message is never anybody else's.
    """
    name = parameter.name.lower()
    if name in _FRAMING_HEADERS:
        reason = "the runtime makes it itself"
    elif name == "authorization" and authentication is not None:
        reason = "the `authentication` of this API makes it"
    else:
        return name in OWN_HEADERS and parameter.value is None
    if parameter.value is not None:
        message = f"the fixed value of `{parameter.name}` is not sent: {reason}"
        findings.warning("NK4013", message, (*parameter.at, "name"), "remove it")
    return True


def _report_lost(parameter: InputParameter, operation: ConsumedOperation, findings: Findings) -> None:
    """A required path input without its placeholder names another resource than the path does: `DELETE /tables/{table}`
    would go out where one record of it was meant.
    """
    message = f"`{parameter.name}` is declared `in: path`, but {operation.path} has no such placeholder"
    help_text = f"write `{{{parameter.name}}}` into the path, or another `in`"
    at = (*parameter.at, "name")
    if parameter.required:
        findings.error("NK4008", message, at, help_text, concerns=(operation.at,))
    else:
        findings.warning("NK4008", f"{message}; it is not sent", at, help_text)


def _is_in_path(name: str, operation: ConsumedOperation) -> bool:
    try:
        parts = parse_template(operation.path, single=True)
    except TemplateError:
        return True
    return any(fold(placeholder.name) == fold(name) for placeholder in placeholders(parts))


def _is_credential(parameter: InputParameter, authentication: Authentication | None) -> bool:
    if authentication is None or authentication.type != "apikey":
        return False
    fields = authentication.fields
    if parameter.place == "header":
        own = list(authentication.headers)
        if fields.get("placement") == "header":
            own.append(fields.get("key", ""))
        return parameter.name.lower() in [name.lower() for name in own]
    return parameter.place == fields.get("placement") and parameter.name == fields.get("key")


def _split_path(operation: ConsumedOperation, findings: Findings) -> tuple[tuple[Part, ...], tuple[QueryPair, ...]]:
    """The path's parts, and the query that some files write into their path (catalogue §c: 91 operations)."""
    at = operation.path_at
    text, mark, fragment = operation.path.partition("#")
    path, _, query = text.partition("?")
    if mark and fragment:
        help_text = "remove it; a fragment never travels to a server"
        findings.warning("NK4009", f"the fragment `#{fragment}` is left out", at, help_text)
    if dots := dot_segment(path):
        message = f"the path has a segment `{dots}`, which clients take out before they send it"
        findings.error("NK4008", message, at, "write the path that is meant")
    if query:
        message = f"the query `?{query}` stands in the path; it is sent as written"
        findings.warning("NK4009", message, at, "declare `in: query` inputs with a `value` instead")
    try:
        pairs = tuple(_query_pair(pair) for pair in query.split("&") if pair)
        return parse_template(path, single=True), pairs
    except TemplateError as error:
        findings.error("NK4008", f"the path is malformed: {error}", at, "write placeholders as `{name}`")
        return (), ()


def _query_pair(pair: str) -> QueryPair:
    key, _, value = pair.partition("=")
    if placeholders(parse_template(key, single=True)):
        raise TemplateError(f"`{key}` stands where a query has a name; only values can be filled in")
    return key, parse_template(value, single=True)
