"""A resource that passes requests on, compiled: to which address, with which credential, and with what of the caller's
(language §5.4).

Nothing of a caller's goes along but its method, the rest of its path, its query, its body and what describes that, and
the headers that the file trusts. A header that carries the caller's own credential may be trusted, and is advised
against (NK9004); the runtime's own headers may not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from naftiko_runtime.diagnostics.suggest import did_you_mean, nearest
from naftiko_runtime.plan.calls.upstreams import Api
from naftiko_runtime.plan.faces.paths import ExposedPath, ExposedPaths
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.model.face import Route
from naftiko_runtime.plan.model.forward import ANY_METHOD, HOP_BY_HOP, REST_OF_PATH, Forward
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.model.policy import Access, KeyAccess
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.addresses import query_values
from naftiko_runtime.plan.text.values import HEADER_NAME, UnfitValue, header_value, query_key, query_value, to_text
from naftiko_runtime.spec.model import capability as written
from naftiko_runtime.spec.text.document import Pointer

_CREDENTIALS = frozenset({"authorization", "cookie"})
# RFC 9110 §7.2, and what describes a message of ours.
_OWN = HOP_BY_HOP | {"accept-encoding", "content-length", "expect", "host", "user-agent"}


class Passage(NamedTuple):
    """One resource that passes requests on: its route, what makes two of them one, and the places it relies on."""

    route: Route
    key: tuple[str, str]
    relies_on: tuple[Pointer, ...]


class Forwards:
    """Compiles the forwarding resources of one file. `absent` are the namespaces that could not be imported."""

    def __init__(
        self,
        capability: str,
        apis: Mapping[str, Api],
        absent: Collection[tuple[str, str]],
        variables: Variables,
        findings: Findings,
    ) -> None:
        self._capability = capability
        self._apis = apis
        self._absent = absent
        self._variables = variables
        self._findings = findings
        self._paths = ExposedPaths(variables, findings)

    def of(self, adapter: written.Rest, access: Access | None) -> Iterator[Passage]:
        """The forwarding resources of an adapter; what is wrong with one is reported. `access` is who may call it."""
        for forward in adapter.forwards:
            path = self._path(forward)
            api = self._api(forward)
            if path is not None and api is not None:
                action = self._action(forward, api, access)
                function = self._function(forward, adapter.namespace, action)
                route = Route(ANY_METHOD, path.text, function, forward.name)
                yield Passage(route, (ANY_METHOD, path.shape), (forward.at, api.consumes.at))

    def _path(self, forward: written.Forward) -> ExposedPath | None:
        path = self._paths.of(forward)
        if path is not None and REST_OF_PATH in path.names and not path.text.endswith(f"/{{{REST_OF_PATH}}}"):
            message = f"`{{{REST_OF_PATH}}}` takes the rest of a forwarded path, and something follows it"
            self._findings.error("NK4008", message, forward.path_at, f"let the path end in `/{{{REST_OF_PATH}}}`")
            return None
        return path

    def _api(self, forward: written.Forward) -> Api | None:
        name = forward.target
        api = self._apis.get(name)
        if api is None and ("consumes", name) not in self._absent and name:
            hint = did_you_mean(nearest(name, self._apis))
            help_text = f"{hint}namespaces: {', '.join(sorted(self._apis)) or 'none'}"
            at = (*forward.at, "forward", "targetNamespace")
            self._findings.error("NK3002", f"nothing here consumes `{name}`", at, help_text, concerns=(forward.at,))
        return api

    def _action(self, forward: written.Forward, api: Api, access: Access | None) -> Forward:
        credential = api.credential
        headers, query = list(credential.headers), [f"{key}={value}" for key, value in credential.query]
        for name, place, value in self._constants(api):
            if place == "query":
                query.append(f"{query_key(name)}={query_value(value)}")
            elif name not in dict(headers):
                headers.append((name, value))
        keys = access.keys if isinstance(access, KeyAccess) else ()
        callers = frozenset(key.name for key in keys if not key.in_query) | _CREDENTIALS
        own = _OWN | {name for name, _ in credential.headers}
        return Forward(
            target=forward.target,
            base=api.base,
            why=api.why,
            headers=tuple(pair for pair in headers if pair[1]),
            query="&".join(query),
            held_back=frozenset(key.name for key in keys if key.in_query)
            | {unquote(pair.partition("=")[0]) for pair in query},
            trusted=frozenset(self._trusted(forward, callers, own)),
            authentication=credential.negotiated,
            withheld=query_values([pair.partition("=")[0] for pair in query]),
        )

    def _constants(self, api: Api) -> Iterator[tuple[str, str, str]]:
        """Name, place and value of the inputs that an API declares for all its operations with a value of their own."""
        for parameter in api.consumes.inputs:
            if parameter.value is None or parameter.place not in ("header", "query"):
                continue
            texts = self._texts(parameter)
            if parameter.place == "query":
                yield from ((parameter.name, "query", text) for text in texts)
                continue
            try:
                if texts:
                    yield parameter.name.lower(), "header", header_value(texts)
            except UnfitValue as unfit:
                message = f"the value of `{parameter.name}`: {unfit}"
                at = (*parameter.at, "value")
                self._findings.error("NK4010", message, at, "write plain text", concerns=(api.consumes.at,))

    def _texts(self, parameter: written.InputParameter) -> list[str]:
        """The texts of a value; none of a template that asks a caller for something, because there is nobody to ask."""
        at = (*parameter.at, "value")
        value = parameter.value
        items = [(item, (*at, index)) for index, item in enumerate(value)] if isinstance(value, list) else [(value, at)]
        texts = (self._variables.filled(to_text(self._findings.spelled(item, place)), place) for item, place in items)
        return [text for text in texts if "{{" not in text]

    def _trusted(self, forward: written.Forward, callers: frozenset[str], own: frozenset[str]) -> Iterator[str]:
        for index, written_name in enumerate(forward.trusted):
            name = written_name.lower()
            at = (*forward.at, "forward", "trustedHeaders", index)
            if not HEADER_NAME.match(name):
                message = f"`{written_name}` is no header name"
                self._findings.error("NK4010", message, at, "use letters, digits and `-`", concerns=(forward.at,))
            elif name in own:
                message = f"`{written_name}` is the runtime's own towards `{forward.target}`; a caller's stays here"
                self._findings.warning("NK4013", message, at, "remove it")
            else:
                if name in callers:
                    message = f"`{written_name}`, by which callers prove who they are, goes on to `{forward.target}`"
                    help_text = "give the consumed API an `authentication` of its own"
                    self._findings.warning("NK9004", message, at, help_text)
                yield name

    def _function(self, forward: written.Forward, namespace: str, action: Forward) -> Function:
        return Function(
            name=forward.name or f"{ANY_METHOD} {forward.path}",
            capability=self._capability,
            namespace=namespace,
            description=forward.description,
            origin=self._findings.origin(forward.at),
            inputs=(),
            input_schema={"type": "object"},
            output_schema=None,
            admit=_nothing,
            action=action,
        )


def _nothing(arguments: Arguments) -> dict[str, object]:
    return {}
