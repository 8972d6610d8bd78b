"""What of a file with errors can be served all the same? (C6b, `--partial`)

An error concerns the smallest object of the language around it: a tool, an operation, a resource, an adapter, a
consumed API, or the whole file. A function is withheld if it lies in such an object, calls something in one, or uses a
variable that has no value. Nothing is guessed: what is withheld answers with the error, and the rest does not know of
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.model.function import Function, Refused
from naftiko_runtime.plan.scope.findings import Finding
from naftiko_runtime.spec.text.document import Pointer, to_json_pointer

_LISTS = frozenset(
    {"aggregates", "binds", "consumes", "exposes", "functions", "operations", "prompts", "resources", "skills", "tools"}
)
"""Keys whose values are objects that stand for themselves."""

_NAMED = 3
"""How many of the functions it withholds a diagnostic names."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation or tool as it was compiled, what to call it, and the places of all that it relies on."""

    words: str
    function: Function
    relies_on: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class Salvage:
    """What is withheld, by the id of its function, and what is told of the errors instead of refusing the file."""

    refusals: Mapping[int, Refused]
    diagnostics: tuple[Diagnostic, ...]


def unit_of(pointer: str) -> str:
    """The JSON Pointer of the object an error at `pointer` concerns: "" for the whole file."""
    parts = pointer.split("/")
    if parts[1:2] == ["info"]:
        return "/info"
    end = 2 if parts[1:2] == ["capability"] else 1
    while len(parts) > end + 1 and parts[end] in _LISTS:
        end += 2
    return "/".join(parts[:end])


def salvage(offers: Sequence[Offer], errors: Sequence[Finding], uses: Mapping[Pointer, Sequence[Pointer]]) -> Salvage:
    """Decide what each of the `errors` withholds. `uses` tells where each variable is used, by its declaration."""
    concerned: dict[str, list[int]] = {}
    for number, error in enumerate(errors):
        for unit in error.concerns or (unit_of(error.diagnostic.pointer),):
            concerned.setdefault(unit, []).append(number)
    variables: dict[str, list[str]] = {}
    for declaration, places in uses.items():
        for unit in {unit_of(to_json_pointer(place)) for place in places}:
            variables.setdefault(unit, []).append(to_json_pointer(declaration))
    withheld: list[list[str]] = [[] for _ in errors]
    refusals: dict[int, Refused] = {}
    for offer in sorted(offers, key=_place):
        numbers = _blamed(offer, concerned, variables)
        if not numbers and isinstance(offer.function.action, Refused):
            numbers = [_behind(errors)]
        for number in numbers:
            withheld[number].append(offer.words)
        if numbers:
            refusals[id(offer.function)] = _refusal(errors[numbers[0]].diagnostic)
    told = tuple(_told(error.diagnostic, words) for error, words in zip(errors, withheld, strict=True))
    return Salvage(refusals, told)


def _refusal(diagnostic: Diagnostic) -> Refused:
    # Callers are told which file, and not where it lies on this machine.
    place = PurePath(diagnostic.file).name + diagnostic.place.removeprefix(diagnostic.file)
    return Refused(diagnostic.code, diagnostic.message, place)


def _place(offer: Offer) -> tuple[int, int]:
    return offer.function.origin.line, offer.function.origin.column


def _blamed(offer: Offer, concerned: Mapping[str, list[int]], variables: Mapping[str, list[str]]) -> list[int]:
    """The numbers of the errors that withhold an offer, in order."""
    around = [prefix for place in offer.relies_on for prefix in _prefixes(to_json_pointer(place))]
    used = [prefix for unit in around for place in variables.get(unit, ()) for prefix in _prefixes(place)]
    return sorted({number for unit in (*around, *used) for number in concerned.get(unit, ())})


def _prefixes(pointer: str) -> Iterator[str]:
    end = 0
    while end >= 0:
        yield pointer[:end]
        end = pointer.find("/", end + 1)
    if pointer:
        yield pointer


def _behind(errors: Sequence[Finding]) -> int:
    """The error behind a function that could not be made though none concerns it: what it calls is in a flawed list."""
    consumed = (number for number, error in enumerate(errors) if "/consumes" in error.diagnostic.pointer)
    return next(consumed, 0)


def _told(diagnostic: Diagnostic, withheld: Sequence[str]) -> Diagnostic:
    names = ", ".join(withheld[:_NAMED])
    more = f" and {len(withheld) - _NAMED} more" if len(withheld) > _NAMED else ""
    message = f"{diagnostic.message}; left out{': ' if names else ''}{names}{more}"
    return replace(diagnostic, severity=Severity.WARNING, message=message)


def withhold(function: Function, refusal: Refused) -> Function:
    """A function that takes any arguments and answers why it is not served."""
    return replace(
        function, inputs=(), input_schema={"type": "object"}, output_schema=None, admit=_admit_all, action=refusal
    )


def _admit_all(arguments: Arguments) -> dict[str, object]:
    return dict(arguments)
