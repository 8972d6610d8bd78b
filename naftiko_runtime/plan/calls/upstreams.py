"""The consumed APIs of a file, ready to be called: address, credential and operations by namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from naftiko_runtime.plan.authentication.credentials import Credential, compile_credential
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import MASK, Variables
from naftiko_runtime.plan.text.addresses import address_problem, is_exposed
from naftiko_runtime.plan.text.names import find_value
from naftiko_runtime.plan.text.template import Placeholder, TemplateError, parse_template
from naftiko_runtime.spec.model.capability import ConsumedOperation, Consumes, Spec
from naftiko_runtime.spec.text.document import Document, Pointer


@dataclass(frozen=True, slots=True)
class Api:
    """One consumed API. `base` has no trailing slash; None: there is no usable address, and `why` says why."""

    consumes: Consumes
    base: str | None
    why: str
    credential: Credential


def compile_apis(
    spec: Spec, document: Document, variables: Variables, upstreams: Mapping[str, str], findings: Findings
) -> dict[str, Api]:
    """The consumed APIs by namespace. `upstreams` replaces the address of a namespace (C1 `--upstream`)."""
    apis: dict[str, Api] = {}
    for consumes in spec.consumes:
        earlier = apis.get(consumes.namespace)
        if earlier is not None:
            _report_twice(consumes, earlier.consumes, document, findings)
            continue
        _report_repeated_names(consumes, findings)
        credential = compile_credential(consumes.authentication, variables, findings)
        base, why = _address(consumes, variables, upstreams.get(consumes.namespace), findings)
        if base is not None and credential.words and is_exposed(base):
            help_text = "use https: everybody on the way can read the credential"
            at = (*consumes.at, "baseUri")
            findings.warning(
                "NK9001", f"the credential of `{consumes.namespace}` travels over plain http", at, help_text
            )
        apis[consumes.namespace] = Api(consumes, base, why, credential)
    return apis


def _report_twice(consumes: Consumes, earlier: Consumes, document: Document, findings: Findings) -> None:
    entries = document.value["capability"]["consumes"]
    name = consumes.namespace
    related = (findings.related("first declared here", earlier.at),)
    if entries[consumes.at[-1]] == entries[earlier.at[-1]]:
        message = f"the consumes block `{name}` stands twice, word for word; the first is used"
        findings.warning("NK3009", message, consumes.at, "remove one of them", related=related)
    else:
        message = f"two different consumes blocks are called `{name}`"
        findings.error(
            "NK3006",
            message,
            (*consumes.at, "namespace"),
            "give one of them another `namespace`",
            related=related,
            concerns=(earlier.at, consumes.at),
        )


def _report_repeated_names(consumes: Consumes, findings: Findings) -> None:
    """Within one resource an operation's name is its own: nothing else could tell two of them apart."""
    seen: dict[tuple[Pointer, str], ConsumedOperation] = {}
    for operation in consumes.operations:
        first = seen.setdefault((operation.at[:-2], operation.name), operation)
        if first is not operation:
            findings.error(
                "NK3012",
                f"the resource `{operation.resource}` has an operation `{operation.name}` already",
                (*operation.at, "name"),
                "give it a name of its own",
                related=(findings.related("the first is here", (*first.at, "name")),),
                concerns=(first.at, operation.at),
            )


def _address(
    consumes: Consumes, variables: Variables, replacement: str | None, findings: Findings
) -> tuple[str | None, str]:
    at = (*consumes.at, "baseUri")
    hint = f"give it one with `--upstream {consumes.namespace}=URL`"
    text = replacement
    if text is None and consumes.has_tunnel:
        message = (
            f"`{consumes.namespace}` is reached through a tunnel, which this runtime has none of; calls are refused"
        )
        findings.warning("NK2008", message, (*consumes.at, "tunnel"), hint, key=True)
        return None, f"`{consumes.namespace}` is reached through a tunnel; {hint}"
    if text is None:
        if not consumes.base_uri:
            return None, f"`{consumes.namespace}` has no baseUri; {hint}"
        try:
            parts = parse_template(consumes.base_uri, single=True)
        except TemplateError as error:
            findings.error("NK4011", f"the baseUri is malformed: {error}", at, "write placeholders as `{{NAME}}`")
            return None, ""
        filled = [part if isinstance(part, str) else _fill(part, variables, findings, consumes) for part in parts]
        if None in filled:
            return None, f"the baseUri of `{consumes.namespace}` has an open placeholder; {hint}"
        text = "".join(part for part in filled if part is not None)
    problem = address_problem(text)
    if problem and MASK not in text:
        findings.error("NK4011", f"`{consumes.namespace}` can't be called: {problem}", at, "write `https://host/path`")
        return None, problem
    return text.rstrip("/"), ""


def _fill(placeholder: Placeholder, variables: Variables, findings: Findings, consumes: Consumes) -> str | None:
    name = placeholder.name
    at = (*consumes.at, "baseUri")
    if name not in variables and placeholder.is_double:
        variables.undeclared(name, at)
    if name in variables:
        return variables.value(name, at)
    if placeholder.is_double:
        return None
    # `{subdomain}` is filled by a bind of any spelling of that name (C9).
    return find_value(name, variables.by_spelling())
