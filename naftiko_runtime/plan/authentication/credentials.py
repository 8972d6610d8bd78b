"""The credential a consumed API asks for, compiled into the header or query pair it travels in.

Bearer, apikey and basic are constants of every request, so they are made once, at load; digest and oauth2 are left to
the engine, which hears what they answer. An authentication that can't be made rightly is refused: an upstream must
never be called without the credential its file declares (field-study G5).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from naftiko_runtime.plan.authentication.filled import CONTROL, NOT_IN_HEADER, NOT_IN_USER, Filled
from naftiko_runtime.plan.authentication.grants import compile_grant
from naftiko_runtime.plan.model.negotiated import Digest, Negotiated
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.values import query_key, query_value
from naftiko_runtime.spec.model.authentication import Authentication


@dataclass(frozen=True, slots=True)
class Credential:
    """What authentication adds to every request. `words` says it without its value; `negotiated` is what can only be
    made while a request is on its way.
    """

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    words: str = ""
    negotiated: Negotiated | None = None


NO_CREDENTIAL = Credential()


def compile_credential(authentication: Authentication | None, variables: Variables, findings: Findings) -> Credential:
    """The credential of a consumed API. What is wrong with it is reported, and an empty one returned."""
    if authentication is None:
        return NO_CREDENTIAL
    maker = _MAKERS.get(authentication.type)
    if maker is None:
        known = ", ".join(_MAKERS)
        findings.error(
            "NK6007",
            f"authentication of type `{authentication.type}` is not served",
            (*authentication.at, "type"),
            f"served are {known}",
        )
        return NO_CREDENTIAL
    return maker(Filled(authentication, variables, findings))


def _bearer(filled: Filled) -> Credential:
    token = filled.text("token", NOT_IN_HEADER)
    return Credential((("authorization", f"Bearer {token}"),), words="header `Authorization: Bearer …`")


def _basic(filled: Filled) -> Credential:
    pair = f"{filled.text('username', NOT_IN_USER, is_secret=False)}:{filled.text('password', CONTROL)}"
    encoded = base64.b64encode(pair.encode()).decode()
    return Credential((("authorization", f"Basic {encoded}"),), words="header `Authorization: Basic …`")


def _apikey(filled: Filled) -> Credential:
    fields = filled.authentication.fields
    several = filled.authentication.headers
    if several:
        headers = tuple(
            (filled.header_name(name), filled.text(field, NOT_IN_HEADER)) for name, field in several.items()
        )
        return Credential(headers, words="headers " + ", ".join(f"`{name}`" for name, _ in headers))
    placement = fields["placement"]
    key = filled.text("key", CONTROL, is_secret=False)
    value = filled.text("value", CONTROL if placement == "query" else NOT_IN_HEADER)
    if placement == "query":
        return Credential(query=((query_key(key), query_value(value)),), words=f"query `{key}`")
    # The schema knows `header` and `query` alone; a key that is absent has been reported.
    name = filled.header_name(key) if key else ""
    return Credential(((name, value),), words=f"header `{key}`")


def _digest(filled: Filled) -> Credential:
    return _negotiated(Digest(filled.text("username", NOT_IN_USER, is_secret=False), filled.text("password", CONTROL)))


def _oauth2(filled: Filled) -> Credential:
    return _negotiated(compile_grant(filled))


def _negotiated(credential: Negotiated) -> Credential:
    return Credential(words=credential.words, negotiated=credential)


_MAKERS: dict[str, Callable[[Filled], Credential]] = {
    "bearer": _bearer,
    "apikey": _apikey,
    "basic": _basic,
    "digest": _digest,
    "oauth2": _oauth2,
}
