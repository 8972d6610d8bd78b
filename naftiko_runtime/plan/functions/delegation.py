"""What does an operation do whose `call` names a tool of its own file (C12), or whose `ref` an aggregate function?

It does what that function does: its inputs feed the function's inputs as they would feed those of a consumed operation,
and what the function answers is its payload. Nothing goes through another face, so there is one request and one
admission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.plan.inputs.methods import place_of
from naftiko_runtime.plan.inputs.slots import Slot, Slots
from naftiko_runtime.plan.model.call import Arguments, Call, Evidence, Shape, Supply, UpstreamRequest
from naftiko_runtime.plan.model.function import Function, Input
from naftiko_runtime.plan.model.steps import Orchestration
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.plan.wiring.wirer import Wiring
from naftiko_runtime.spec.model.capability import InputParameter
from naftiko_runtime.spec.text.document import Pointer


@dataclass(frozen=True, slots=True)
class Delegate:
    """A function that another one is done by, and where it is written. `rule` is the evidence that `explain` gives;
    `noun` and `name` are what it calls the function.
    """

    function: Function
    at: Pointer
    rule: str
    noun: str
    name: str

    @property
    def words(self) -> str:
        """The function in words."""
        return f"{self.noun} `{self.name}`"


def delegate_slots(delegate: Delegate, method: str) -> Slots:
    """The inputs of a delegate as slots. `method` is that of the exposed operation, empty for a tool."""
    place = place_of(method)
    inputs = delegate.function.inputs
    slots = (Slot(item.name, place, item.required, _declaration(item, delegate.at)) for item in inputs)
    return Slots(None, (), (), tuple(slots), frozenset())


def _declaration(item: Input, at: Pointer) -> InputParameter:
    schema = dict(item.schema)
    kind, enum, pattern = (schema.pop(key, None) for key in ("type", "enum", "pattern"))
    return InputParameter(
        name=item.name,
        place=None,
        type=kind,
        description=item.description,
        required=item.required,
        value=None,
        default=item.default,
        has_default=item.has_default,
        enum=None if enum is None else tuple(enum),
        pattern=pattern,
        schema=schema or None,
        at=at,
    )


class Passage:
    """The way from the arguments of a caller to those of the `delegate` that does the work."""

    def __init__(self, delegate: Delegate, wiring: Wiring) -> None:
        self._delegate = delegate
        self._handed = tuple(Supply(item.parameter, delegate.words, item.source) for item in wiring.supplies)
        self._reads = tuple((name, source.read) for name, source in wiring.sources.items())
        self._fields = {name: source.field for name, source in wiring.sources.items() if source.field}

    def _carry(self, arguments: Arguments) -> dict[str, object]:
        return {name: value for name, read in self._reads if (value := read(arguments)) is not ABSENT}

    def call(self, call: Call, shape: Shape | None, *, identity: bool) -> Call:
        """The delegate's call, made with what the caller gave and answered in another shape."""
        evidence = Evidence(self._delegate.rule, f"`{self._delegate.name}`")
        return replace(
            call,
            target=replace(call.target, evidence=(evidence, *call.target.evidence)),
            build=self._builder(call.build),
            shape=shape,
            identity=identity,
            supplies=(*self._handed, *call.supplies),
        )

    def _builder(self, build: Callable[[Arguments], UpstreamRequest]) -> Callable[[Arguments], UpstreamRequest]:
        def build_for_caller(arguments: Arguments) -> UpstreamRequest:
            try:
                return build(self._carry(arguments))
            except ArgumentError as error:
                fields = [FieldError(self._fields.get(name, name), problem) for name, problem in error.fields]
                raise ArgumentError(fields) from None

        return build_for_caller

    def orchestration(self, action: Orchestration, own: Shape | None) -> Orchestration:
        """The delegate's steps, run with what the caller gave, and the caller's shape of their result."""
        enter = action.enter
        finish = own if action.finish is None else self.shape(action.finish, own)
        inner = {name: self._fields.get(between, between) for name, between in action.spelled.items()}
        return replace(
            action,
            enter=lambda arguments: enter(self._carry(arguments)),
            finish=finish,
            spelled={**self._fields, **inner},
            handed=(*self._handed, *action.handed),
        )

    def shape(self, shape: Shape, own: Shape | None) -> Shape:
        """The delegate's shape, and the caller's own on top of it."""

        def shape_for_caller(payload: object, arguments: Mapping[str, object]) -> object:
            result = shape(payload, self._carry(arguments))
            return result if own is None else own(result, arguments)

        return shape_for_caller

    def answer(self, answer: Callable[[Arguments], object], own: Shape | None) -> Callable[[Arguments], object]:
        """The delegate's mock answer, and the caller's shape of it."""

        def answer_caller(arguments: Arguments) -> object:
            result = answer(self._carry(arguments))
            return result if own is None else own(result, arguments)

        return answer_caller
