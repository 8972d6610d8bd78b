"""Parts of a capability file read from their own YAML, with a place for each, so that a test is about one part."""

from __future__ import annotations

from naftiko_runtime.plan.model.call import Shape
from naftiko_runtime.plan.outputs.shape import compile_shape
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Environment, Variables
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.model.capability import Bind, Info, OutputParameter, Spec
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.model.parameters import read_outputs
from naftiko_runtime.spec.text.document import Document, Pointer
from naftiko_runtime.spec.text.parse import parse

Outputs = tuple[OutputParameter, ...]


def document_of(text: str) -> Document:
    """The document of a text that is good YAML."""
    document, diagnostics = parse(text, "part.yaml")
    assert document is not None, diagnostics
    return document


def findings_of(text: str = "{}", flawed: tuple[Pointer, ...] = ()) -> Findings:
    """Empty findings about a text."""
    return Findings(document_of(text), flawed)


def variables_of(findings: Findings, **values: str) -> Variables:
    """Variables of the bind `env`, each with its value."""
    keys = tuple((name, name) for name in values)
    binds = (Bind("env", None, keys, ("binds", 0)),)
    spec = Spec("part.yaml", Info("", "", ""), "", binds, (), (), (), (), (), (), ())
    return Variables(spec, Environment(process=values), findings)


def outputs_of(text: str, *, consumed: bool = False) -> Outputs:
    """The outputs a list written in YAML declares."""
    document = document_of(f"outputParameters: {text}")
    return read_outputs(Fields(document.value, (), Relaxations()), consumed=consumed)


def shape_of(text: str, consumed: str = "[]") -> Shape:
    """The shape of outputs that are right; `consumed` are those of the called operation."""
    findings = findings_of(f"outputParameters: {text}")
    shape = compile_shape(outputs_of(text), outputs_of(consumed, consumed=True), variables_of(findings), findings)
    assert findings.diagnostics == ()
    assert shape is not None
    return shape


def shaped(text: str, payload: object, consumed: str = "[]") -> object:
    """What outputs make of a payload in a call without arguments."""
    return shape_of(text, consumed)(payload, {})
