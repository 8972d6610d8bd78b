"""A resource of the text, compiled: a URI, or a template of URIs, and the function that answers it.

The placeholders of the URI are the function's inputs. Nobody can give a resource anything else, so an input that is no
placeholder is a mistake that every reader would run into: it is told at load.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.inputs.drafts import declared_rest_drafts
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.offerings import Files, Readable, Resource
from naftiko_runtime.plan.model.uris import UriError, UriTemplate, parse_uri
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.wiring.sourcing import Exposure
from naftiko_runtime.spec.model import resources as written
from naftiko_runtime.spec.model.capability import Behaviour

Make = Callable[[Behaviour, Exposure], Function]
"""Makes the function of a behaviour, as for tools."""


def compile_resources(
    resources: tuple[written.Resource, ...], namespace: str, make: Make, findings: Findings
) -> Iterator[Readable]:
    """The resources of an adapter without those that have no usable URI. Of two with one URI the first is kept."""
    seen: dict[str, written.Resource] = {}
    for resource in resources:
        uri = _uri(resource, findings)
        if uri is None:
            continue
        first = seen.setdefault(uri.text, resource)
        if first is not resource:
            message = f"a second resource has the URI `{uri.text}`; the first one is served"
            related = (findings.related("the first is here", (*first.at, "uri")),)
            findings.warning("NK3040", message, (*resource.at, "uri"), "give it a URI of its own", related=related)
        elif resource.location is not None:
            yield from _files(resource, uri, findings)
        else:
            yield _resource(resource, uri, namespace, make, findings)


def _uri(resource: written.Resource, findings: Findings) -> UriTemplate | None:
    if findings.is_flawed(resource.at) and not resource.uri:
        return None
    try:
        return parse_uri(resource.uri)
    except UriError as error:
        message = f"the URI of the resource `{resource.name}` can't be served: {error}"
        help_text = "write an absolute URI, such as `harbour://ships/{name}`"
        findings.error("NK4020", message, (*resource.at, "uri"), help_text, concerns=(resource.at,))
        return None


def _resource(resource: written.Resource, uri: UriTemplate, namespace: str, make: Make, findings: Findings) -> Resource:
    drafts = declared_rest_drafts((), "", uri.names)
    function = make(resource.behaviour, Exposure(resource.name, namespace, resource.description, drafts))
    _check_inputs(resource, uri, function, findings)
    return Resource(resource.name, resource.label, resource.description, uri, resource.mime_type, function)


def _check_inputs(resource: written.Resource, uri: UriTemplate, function: Function, findings: Findings) -> None:
    """Report inputs that no reader can give (NK4003); those that the text names are wanted, required or not."""
    for item in function.inputs:
        if item.place is Place.PATH or not (item.required or resource.behaviour.with_values):
            continue
        near = nearest(item.name, uri.names)
        hint = f"did you mean `{near}`? " if near else f"write `{{{item.name}}}` into the URI, or a value into `with`; "
        message = f"nothing supplies `{item.name}`, which the resource `{resource.name}` needs"
        help_text = f"{hint}placeholders here: {', '.join(uri.names) or 'none'}"
        findings.error("NK4003", message, (*resource.at, "uri"), help_text, concerns=(resource.at,))


def _files(resource: written.Resource, uri: UriTemplate, findings: Findings) -> Iterator[Files]:
    said = resource.behaviour.call or resource.behaviour.steps
    if said:
        message = "`location` and what to call both say what to read"
        findings.error("NK3020", message, (*resource.at, "location"), "keep one of them", key=True)
    if uri.names:
        message = f"the URI of the resource `{resource.name}` can't be served: files have no placeholders"
        help_text = "write the URI of the folder; each file has its path below it"
        findings.error("NK4020", message, (*resource.at, "uri"), help_text, concerns=(resource.at,))
    if resource.root is None or resource.path is None or uri.names or said:
        return
    if not os.path.exists(resource.path):
        message = f"there are no files of the resource `{resource.name}` yet"
        findings.warning("NK3041", message, (*resource.at, "location"), "add them, or mend the location")
    label, description, kind = resource.label, resource.description, resource.mime_type
    yield Files(resource.name, label, description, uri.text, kind, resource.root, resource.path)
