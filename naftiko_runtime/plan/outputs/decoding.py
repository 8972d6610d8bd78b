"""How is the answer of a consumed operation decoded? Its format's decoder, compiled once, and what is wrong with it."""

from __future__ import annotations

from naftiko_runtime.formats.model import Decode, MissingExtraError, SchemaError
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.spec.model.capability import ConsumedOperation
from naftiko_runtime.spec.model.consumes import FILED
from naftiko_runtime.spec.text.document import Pointer

_UNDECODED = ("json", "binary")


class Decoders:
    """The decoders of one file's operations."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._made: dict[int, Decode | SchemaError | MissingExtraError | None] = {}

    def of(self, operation: ConsumedOperation) -> Decode | None:
        """The decoder of an operation's answers; None for JSON and bytes, and where there is none to be had."""
        made = self._of(operation)
        return None if isinstance(made, SchemaError | MissingExtraError) else made

    def require(self, operation: ConsumedOperation, caller: Pointer) -> None:
        """Report where an operation's answers can't be decoded: what stands at `caller` shapes them."""
        made = self._of(operation)
        if isinstance(made, SchemaError):
            self._report_schema(operation, made, caller)
        elif isinstance(made, MissingExtraError):
            self._report_extra(operation, made, caller)

    def _of(self, operation: ConsumedOperation) -> Decode | SchemaError | MissingExtraError | None:
        if id(operation) not in self._made:
            self._made[id(operation)] = _compile(operation)
        return self._made[id(operation)]

    def _report_schema(self, operation: ConsumedOperation, error: SchemaError, caller: Pointer) -> None:
        where = "outputSchema" if operation.output_schema else "outputRawFormat"
        message = f"the answers of `{operation.name}` can't be decoded: {error}"
        at = (*operation.at, where)
        if not operation.output_schema:
            help_text = f"name the file of its messages: `outputSchema: {operation.name}.proto`"
            self._findings.withhold("NK5010", message, at, help_text, (caller,))
            return
        help_text = "see `docs/formats.md` for what each format takes"
        self._findings.error("NK5010", message, at, help_text, concerns=(caller,))

    def _report_extra(self, operation: ConsumedOperation, error: MissingExtraError, caller: Pointer) -> None:
        message = f"answers in `{operation.output_format}` need a library that is not installed"
        help_text = f"pip install 'naftiko-runtime[{error.extra}]'"
        at = (*operation.at, "outputRawFormat")
        self._findings.error("NK5011", message, at, help_text, concerns=(caller,))


def _compile(operation: ConsumedOperation) -> Decode | SchemaError | MissingExtraError | None:
    if operation.output_format in _UNDECODED:
        return None
    # Few files need a decoder, and none of these modules before it does.
    from naftiko_runtime.formats.decoders import compile_decoder  # noqa: PLC0415

    if operation.output_format in FILED and operation.output_schema and operation.schema_content is None:
        # That the file can't be had is told where it was looked for (NK2014).
        return None
    try:
        return compile_decoder(operation.output_format, operation.output_schema, operation.schema_content)
    except (SchemaError, MissingExtraError) as error:
        return error
