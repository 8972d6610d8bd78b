"""How does a call of a consumed operation become a request?

Here its parts meet: what the operation needs, what feeds it, and the builder that is made of both.
"""

from __future__ import annotations

from naftiko_runtime.plan.calls.resolution import Resolution
from naftiko_runtime.plan.calls.upstreams import Api
from naftiko_runtime.plan.inputs.slots import Slots
from naftiko_runtime.plan.model.call import BinaryAnswer, Call, Place, Target
from naftiko_runtime.plan.outputs.binary import binary_answer
from naftiko_runtime.plan.outputs.decoding import Decoders
from naftiko_runtime.plan.requests.callees import Callee, Callees
from naftiko_runtime.plan.requests.request import RequestTemplate, compile_request, refusing
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.references import strip_face_prefix
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.names import find_value
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue, header_value
from naftiko_runtime.plan.wiring.results import Results
from naftiko_runtime.plan.wiring.sources import NOTHING, Find, Source, constant
from naftiko_runtime.plan.wiring.sourcing import Exposure
from naftiko_runtime.plan.wiring.wirer import Wirer, Wiring
from naftiko_runtime.spec.model.capability import Behaviour, ConsumedOperation

_ANY = "*/*"
_MEDIA_TYPES = {
    "json": "application/json",
    "xml": "application/xml, text/xml",
    "yaml": "application/yaml, application/x-yaml, text/yaml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html",
    "markdown": "text/markdown",
    "text": "text/plain",
    "avro": "application/avro, application/vnd.apache.avro",
    "protobuf": "application/protobuf, application/x-protobuf",
}
"""What is asked of an upstream for each format; anything else is taken all the same."""
_BINARY = "binary"


class Outbound:
    """Makes the calls of one file. `decoders` read their answers."""

    def __init__(self, apis: dict[str, Api], variables: Variables, findings: Findings) -> None:
        self._callees = Callees(apis, variables, findings)
        self._variables = variables
        self._findings = findings
        self.decoders = Decoders(findings)

    def call(
        self, behaviour: Behaviour, exposure: Exposure, resolution: Resolution, results: Results | None = None
    ) -> Call:
        """The call that `behaviour` makes, whose answer passes as it is. `results` are those of the steps before it."""
        callee = self._callees.of(resolution.operation)
        operation, api = callee.operation, callee.api
        wiring = Wirer(behaviour, exposure, callee.slots, self._variables, self._findings, results).wire()
        self._check_headers(behaviour, callee.slots, wiring)
        template = RequestTemplate(
            method=operation.method,
            base=api.base,
            why=api.why,
            slots=callee.slots,
            sources=wiring.sources,
            find=self._finder(callee, wiring),
            body=callee.body,
            credential=api.credential,
            accept=_accept(operation.output_format),
        )
        return Call(
            target=self._target(resolution),
            build=refusing(wiring.lost) if wiring.lost else compile_request(template),
            format=operation.output_format,
            shape=None,
            identity=False,
            decode=self.decoders.of(operation),
            binary=self._binary(operation, behaviour),
            supplies=wiring.supplies,
        )

    def _binary(self, operation: ConsumedOperation, behaviour: Behaviour) -> BinaryAnswer | None:
        if operation.output_format != _BINARY:
            return None
        said = binary_answer(operation.binary, BinaryAnswer("", None), self._findings)
        return binary_answer(behaviour.binary, said, self._findings)

    def _target(self, resolution: Resolution) -> Target:
        operation = resolution.operation
        return Target(
            operation.namespace,
            operation.resource,
            operation.name,
            operation.method,
            operation.path,
            self._findings.origin(operation.at),
            resolution.evidence,
        )

    def _finder(self, callee: Callee, wiring: Wiring) -> Find:
        def find(name: str) -> Source:
            if name in self._variables:
                return constant(self._variables.value(name, callee.operation.at), f"variable `{name}`")
            # What is no variable and no input was told where it stands.
            return find_value(strip_face_prefix(name, "") or name, wiring.sources) or NOTHING

        return find

    def _check_headers(self, behaviour: Behaviour, slots: Slots, wiring: Wiring) -> None:
        """Report a constant that no header can carry (NK4010)."""
        for slot in slots.slots:
            source = wiring.sources.get(slot.name)
            if slot.place is not Place.HEADER or slot.parameter is None or source is None or not source.is_constant:
                continue
            value = source.read({})
            if value is ABSENT:
                # Why there is none was told.
                continue
            try:
                header_value(value)
            except UnfitValue as unfit:
                message = f"the value of `{slot.name}`: {unfit}"
                self._findings.error("NK4010", message, slot.parameter.at, "write plain text", concerns=(behaviour.at,))


def _accept(kind: str) -> str:
    preferred = _MEDIA_TYPES.get(kind)
    return _ANY if preferred is None else f"{preferred}, {_ANY};q=0.8"
