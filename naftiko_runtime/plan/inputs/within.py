"""Where in the body does an exposed input stand that is no field of it?

The language lets an exposed input say so as a JSONPath in its `value`: `$.user.id` (language §2.2). Only names make
sense there, because a caller writes the body and has to know where; any other path is refused. A `value` that is no
path is the input's default, which the reader of the text made of it.
"""

from __future__ import annotations

from naftiko_runtime.plan.jsonpath.path import split_path
from naftiko_runtime.plan.jsonpath.query import JsonPathError
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.spec.model.capability import InputParameter


def names_within(parameter: InputParameter) -> tuple[str, ...]:
    """The names that lead to an input from the root of the body; none where it does not say."""
    text = parameter.value
    if not isinstance(text, str) or not text.startswith("$"):
        return ()
    try:
        steps = split_path(text) or ()
    except JsonPathError:
        return ()
    names = tuple(step for step in steps if isinstance(step, str))
    return names if len(names) == len(steps) else ()


def check_value(parameter: InputParameter, findings: Findings) -> None:
    """Report a `value` that says nothing an input can be (NK4012)."""
    text = parameter.value
    if not isinstance(text, str):
        return
    at = (*parameter.at, "value")
    if text.startswith("$") and not (names_within(parameter) and parameter.place in ("body", None)):
        message = f"the `value` of `{parameter.name}` is no path of names into the body"
        findings.error("NK4012", message, at, "write `$.name.name`, on an input that is `in: body`")
    elif "{{" in text:
        message = f"the `value` of `{parameter.name}` can't hold a variable: it is what callers may leave out"
        findings.error("NK4012", message, at, "write the variable in `with`, or as the `value` of the consumed input")
