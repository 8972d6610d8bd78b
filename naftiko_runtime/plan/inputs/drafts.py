"""The inputs of a function while they are being found: declared ones first, then what references and slots ask for.

A draft is an input whose type may still be unknown; the first slot it feeds tells it. Drafts keep the order in which
the text names them, which is the order callers see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from naftiko_runtime.plan.inputs.declarations import default_of, schema_of
from naftiko_runtime.plan.inputs.methods import place_of
from naftiko_runtime.plan.inputs.slots import OWN_HEADERS, Slot
from naftiko_runtime.plan.inputs.within import names_within
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import Input
from naftiko_runtime.plan.scope.parts import part_of
from naftiko_runtime.plan.text.names import find_value
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.spec.model.capability import InputParameter

_CALLERS_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(eq=False, slots=True)
class Draft:
    """One input in the making. `place` None: no REST face reads it, or it is decided by the slot it feeds. `key` is its
    name unless something else is said.
    """

    name: str
    place: Place | None = None
    key: str = ""
    within: tuple[str, ...] = ()
    required: bool = False
    parameter: InputParameter | None = None
    is_declared: bool = False
    is_used: bool = False
    spelled: list[Place] = field(default_factory=list)
    description: str = field(init=False, default="")
    schema: dict[str, Any] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Take over what the declaration says."""
        self.key = self.key or self.name
        if self.parameter is not None:
            self.description = self.parameter.description
            self.schema = schema_of(self.parameter)

    def feeds(self, slot: Slot) -> None:
        """Take over what the slot knows and the draft does not: type, description, and that it is needed."""
        self.is_used = True
        if slot.parameter is not None:
            self.schema = self.schema or schema_of(slot.parameter)
            self.description = self.description or slot.parameter.description
            self.parameter = self.parameter or slot.parameter
        if slot.place is Place.PATH and not self.schema:
            self.schema = {"type": "string"}
        if not slot.is_textual and not slot.is_template and slot.place not in self.spelled:
            self.spelled.append(slot.place)
        if slot.required and not self.is_declared:
            self.required = True

    @property
    def is_scalar(self) -> bool:
        """Whether its values have no parts: it is no object, no list, and nothing of which that isn't known."""
        kind = (self.schema or {}).get("type", "string" if self.place is Place.PATH else None)
        return kind not in (None, "object", "array")

    @property
    def is_own_header(self) -> bool:
        """Whether this is a header that is the runtime's own (C13), unless the text hands it on."""
        return self.place is Place.HEADER and self.key.lower() in OWN_HEADERS

    @property
    def is_credential_of_caller(self) -> bool:
        """Whether this is a header in which a caller proves who it is, to us."""
        return self.place is Place.HEADER and self.key.lower() in _CALLERS_CREDENTIALS

    def to_input(self) -> Input:
        """The finished input."""
        default = default_of(self.parameter)
        has_default = self.parameter is not None and self.parameter.has_default
        return Input(
            name=self.name,
            schema=self.schema or {},
            required=self.required and not has_default,
            description=self.description,
            place=self.place or Place.QUERY,
            key=self.key.lower() if self.place is Place.HEADER else self.key,
            default=None if default is ABSENT else default,
            has_default=default is not ABSENT,
            spelled=tuple(self.spelled),
            within=self.within,
        )


class Drafts:
    """The drafts of one function, in order, found by any spelling of their name."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._by_name: dict[str, Draft] = {}
        for draft in drafts:
            self.add(draft)

    def add(self, draft: Draft) -> Draft:
        """Add a draft; a second one of the same name is the first."""
        return self._by_name.setdefault(draft.name, draft)

    def find(self, name: str) -> Draft | None:
        """The draft `name` means: the equal one, else one that folds alike."""
        return find_value(name, self._by_name)

    def whole_of(self, name: str) -> Draft | None:
        """The draft that `name` is a part of, if that is one the text knows: `user` of `user.name`."""
        part = part_of(name)
        draft = None if part is None else self.find(part.whole)
        return draft if draft is not None and (draft.is_declared or draft.place is Place.PATH) else None

    @property
    def names(self) -> tuple[str, ...]:
        """The drafts' names, in order."""
        return tuple(self._by_name)

    def __iter__(self) -> Iterator[Draft]:
        return iter(self._by_name.values())

    def inputs(self) -> tuple[Input, ...]:
        """The finished inputs: all but the headers the runtime makes itself and the text does not hand on."""
        return tuple(draft.to_input() for draft in self if draft.is_used or not draft.is_own_header)


def declared_tool_drafts(inputs: tuple[InputParameter, ...]) -> Drafts:
    """The declared inputs of a tool; they are required unless they say otherwise (C13)."""
    return Drafts(
        Draft(parameter.name, required=parameter.required is not False, parameter=parameter, is_declared=True)
        for parameter in inputs
    )


def declared_rest_drafts(inputs: tuple[InputParameter, ...], method: str, placeholder_names: tuple[str, ...]) -> Drafts:
    """The declared inputs of an exposed operation, and its path's placeholders, declared or not.

    A path input is required, the others are not unless they say so. Without `in`, an input is the placeholder of its
    name, else a body field for POST, PUT and PATCH, else a query parameter.
    """
    drafts = Drafts(())
    declared = {parameter.name: parameter for parameter in inputs}
    for name in placeholder_names:
        parameter = find_value(name, declared)
        label = parameter.name if parameter is not None else name
        is_declared = parameter is not None
        drafts.add(
            Draft(label, place=Place.PATH, key=name, required=True, parameter=parameter, is_declared=is_declared)
        )
    names = [names_within(parameter) for parameter in inputs]
    places = [
        Place.BODY if within else _rest_place(parameter, method, placeholder_names)
        for parameter, within in zip(inputs, names, strict=True)
    ]
    body_count = places.count(Place.BODY)
    for parameter, place, within in zip(inputs, places, names, strict=True):
        if drafts.find(parameter.name) is not None:
            continue
        if place is Place.BODY and not within and is_document(parameter, body_count):
            place = Place.DOCUMENT
        required = parameter.required is True or (parameter.place == "path" and parameter.required is None)
        key = within[0] if within else ""
        drafts.add(
            Draft(
                parameter.name,
                place=place,
                key=key,
                within=within[1:],
                required=required,
                parameter=parameter,
                is_declared=True,
            )
        )
    return drafts


_PLACES: Mapping[str, Place] = {
    "path": Place.PATH,
    "query": Place.QUERY,
    "header": Place.HEADER,
    "cookie": Place.COOKIE,
    "body": Place.BODY,
}


def _rest_place(parameter: InputParameter, method: str, placeholder_names: tuple[str, ...]) -> Place:
    is_placeholder = find_value(parameter.name, dict.fromkeys(placeholder_names, True)) is not None
    place = _PLACES.get(parameter.place or "")
    if place is Place.PATH:
        # The exposed path has lost the placeholder; the caller can still say it in the query (C13).
        return Place.PATH if is_placeholder else Place.QUERY
    if is_placeholder and place in (None, Place.QUERY):
        return Place.PATH
    if place is not None:
        return place
    return place_of(method)


def is_document(parameter: InputParameter, body_count: int) -> bool:
    """Whether an `in: body` input is the whole document rather than a field of it (C14)."""
    return body_count == 1 and (parameter.name == "body" or parameter.type in ("object", "array"))
