"""Who may call this adapter? Its `authentication`, compiled into a policy (language §5.5).

What can't be made rightly is refused: an adapter must never be served openly because its authentication was not
understood (field-study G5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from naftiko_runtime.plan.authentication.filled import CONTROL, NOT_IN_HEADER, NOT_IN_USER, Filled
from naftiko_runtime.plan.model.policy import (
    Access,
    BasicAccess,
    BearerAccess,
    Client,
    DigestAccess,
    Key,
    KeyAccess,
    OAuthAccess,
)
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import Variables
from naftiko_runtime.plan.text.addresses import address_problem, is_exposed
from naftiko_runtime.spec.model.authentication import Authentication
from naftiko_runtime.spec.model.capability import Mcp, Rest, Spec
from naftiko_runtime.spec.model.control import ControlAdapter
from naftiko_runtime.spec.model.skills import SkillAdapter
from naftiko_runtime.spec.text.document import Pointer

# RFC 6749 §3.3: a scope is visible ASCII without `"` and `\\`; several stand between spaces.
_NOT_IN_SCOPES = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")


class Accesses:
    """Who may call the adapters of a file, by their places. `made` has None for one whose authentication is wrong."""

    def __init__(self, made: Mapping[Pointer, Access | None]) -> None:
        self._made = made

    def of(self, adapter: Pointer) -> Access | None:
        """The policy of the adapter at a place; None where it asks for nothing, or is shut."""
        return self._made.get(adapter)

    def is_shut(self, adapter: Pointer) -> bool:
        """Whether the authentication of the adapter at a place is wrong: nobody may have it then."""
        return adapter in self._made and self._made[adapter] is None


def compile_accesses(spec: Spec, variables: Variables, findings: Findings, seed: bytes) -> Accesses:
    """The policies of a file's adapters. What is wrong with one is reported. `seed` seals what callers are given to
    answer to.
    """
    made: dict[Pointer, Access | None] = {}
    adapters: tuple[Rest | Mcp | SkillAdapter | ControlAdapter, ...]
    adapters = (*spec.rest, *spec.mcp, *spec.skills, *spec.controls)
    for adapter in adapters:
        if adapter.authentication is not None:
            made[adapter.at] = _compile(adapter.authentication, adapter.namespace, variables, findings, seed)
            if isinstance(adapter, Mcp) and adapter.transport == "stdio":
                help_text = "remove it: whoever started the process is at the other end of the pipe"
                message = "`authentication` has no effect on standard input and output"
                findings.warning("NK9005", message, adapter.authentication.at, help_text, key=True)
    return Accesses(made)


def _compile(
    authentication: Authentication, realm: str, variables: Variables, findings: Findings, seed: bytes
) -> Access | None:
    maker = _MAKERS.get(authentication.type)
    if maker is None:
        message = f"authentication of type `{authentication.type}` is not served on exposed adapters"
        findings.error("NK6007", message, (*authentication.at, "type"), f"served: {', '.join(_MAKERS)}")
        return None
    return maker(Filled(authentication, variables, findings), realm, seed)


def _bearer(filled: Filled, realm: str, seed: bytes) -> Access | None:
    token = filled.text("token", NOT_IN_HEADER)
    return BearerAccess(_hashed(token, filled)) if token else None


def _apikey(filled: Filled, realm: str, seed: bytes) -> Access | None:
    fields = filled.authentication.fields
    several = filled.authentication.headers
    if several:
        given = [(filled.header_name(name), filled.text(field, NOT_IN_HEADER)) for name, field in several.items()]
        keys = tuple(Key(name, False, _hashed(value, filled)) for name, value in given if value)
        return KeyAccess(keys) if len(keys) == len(several) else None
    in_query = fields["placement"] == "query"
    name = filled.text("key", CONTROL, is_secret=False)
    value = filled.text("value", CONTROL if in_query else NOT_IN_HEADER)
    if not name or not value:
        return None
    return KeyAccess((Key(name if in_query else filled.header_name(name), in_query, _hashed(value, filled)),))


def _basic(filled: Filled, realm: str, seed: bytes) -> Access | None:
    username, password = filled.text("username", NOT_IN_USER, is_secret=False), filled.text("password", CONTROL)
    return BasicAccess(_hashed(f"{username}:{password}", filled)) if username and password else None


def _digest(filled: Filled, realm: str, seed: bytes) -> Access | None:
    username, password = filled.text("username", NOT_IN_USER, is_secret=False), filled.text("password", CONTROL)
    if not username or not password:
        return None
    return DigestAccess(username, realm, _hashed(f"{username}:{realm}:{password}", filled).hex(), seed)


def _oauth(filled: Filled, realm: str, seed: bytes) -> Access | None:
    fields = filled.authentication.fields
    issuer, resource = _address(filled, "authorizationServerUri"), _address(filled, "resource")
    audience = filled.text("audience", CONTROL, is_secret=False) if "audience" in fields else resource
    scopes = filled.text("scopes", _NOT_IN_SCOPES, is_secret=False).split() if fields.get("scopes") else []
    client = None
    if fields.get("tokenValidation") == "introspection":
        client = Client(filled.text("clientId", CONTROL, is_secret=False), filled.text("clientSecret", CONTROL))
        if not client.identifier or not client.secret:
            return None
    if not issuer or not resource or not audience:
        return None
    if is_exposed(issuer):
        at = (*filled.authentication.at, "authorizationServerUri")
        message = "the authorization server is asked over plain http: whoever is on the way can let anybody in"
        filled.findings.warning("NK9007", message, at, "write `https://…`")
    return OAuthAccess(issuer, resource, audience, tuple(dict.fromkeys(scopes)), client)


def _address(filled: Filled, name: str) -> str:
    """An absolute http URL; empty, with a finding, where the field is none."""
    text = filled.text(name, CONTROL, is_secret=False)
    problem = "" if filled.unknown or not text else address_problem(text)
    if problem:
        at = (*filled.authentication.at, name)
        filled.findings.error("NK6011", f"`{name}` can't be used: {problem}", at, "write `https://host/path`")
        return ""
    return text


def _hashed(text: str, filled: Filled) -> bytes:
    """The SHA-256 of a secret; nothing, which no digest equals, where it is not known."""
    return b"" if filled.unknown else sha256(text.encode()).digest()


_MAKERS: dict[str, Callable[[Filled, str, bytes], Access | None]] = {
    "bearer": _bearer,
    "apikey": _apikey,
    "basic": _basic,
    "digest": _digest,
    "oauth2": _oauth,
}
