"""The credential a consumed API asks for, compiled into the header or query pair it travels in.

Bearer, apikey and basic are constants of every request, so they are made once, at load. An authentication that can't be
made rightly is refused: an upstream must never be called without the credential its file declares (field-study G5).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.template import TemplateError, parse_template, placeholders
from naftiko_runtime.plan.values import query_key, query_value
from naftiko_runtime.plan.variables import Variables
from naftiko_runtime.spec.model import Authentication

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_HEADER = re.compile(r"[^\x20-\x7e]")
# RFC 7617 §2: the user's name ends at the first colon, and no control character may stand in the pair.
_NOT_IN_USER = re.compile(r"[\x00-\x1f\x7f:]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_NOT_SERVED_YET = ("digest", "oauth2")


@dataclass(frozen=True, slots=True)
class Credential:
    """What authentication adds to every request. `words` says it without its value."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    words: str = ""


NO_CREDENTIAL = Credential()


def compile_credential(authentication: Authentication | None, variables: Variables, findings: Findings) -> Credential:
    """The credential of a consumed API. What is wrong with it is reported, and an empty one returned."""
    if authentication is None:
        return NO_CREDENTIAL
    maker = _MAKERS.get(authentication.type)
    if maker is None:
        known = ", ".join(_MAKERS)
        not_yet = authentication.type in _NOT_SERVED_YET
        findings.error(
            "NK6007",
            f"authentication of type `{authentication.type}` is not served{' yet' if not_yet else ''}",
            (*authentication.at, "type"),
            f"served today: {known}",
        )
        return NO_CREDENTIAL
    return maker(_Filled(authentication, variables, findings))


class _Filled:
    """The texts of an authentication with their variables filled in."""

    def __init__(self, authentication: Authentication, variables: Variables, findings: Findings) -> None:
        self.authentication = authentication
        self.variables = variables
        self.findings = findings

    def text(self, name: str, unusable: re.Pattern[str], *, is_secret: bool = True) -> str:
        """The field `name`, filled; reports an absent, malformed or unusable one."""
        at = self.authentication.at
        template = self.authentication.fields.get(name, "")
        if not template:
            kind = self.authentication.type
            self.findings.error(
                "NK6006",
                f"`{kind}` authentication has no `{name}`",
                at,
                f"write `{name}: '{{{{VARIABLE}}}}'`",
                key=True,
            )
            return ""
        value = self._fill(template, name)
        if unusable.search(value):
            message = f"`{name}` holds characters that can't travel where it is sent"
            self.findings.error("NK6010", message, (*at, name), "check the value for line breaks and other characters")
            return ""
        if is_secret and "{{" not in template:
            help_text = "bind a variable and write `{{VARIABLE}}`; a file is no place for a secret"
            self.findings.warning("NK9002", f"`{name}` is written out in the file", (*at, name), help_text)
        return value

    def _fill(self, template: str, name: str) -> str:
        at = (*self.authentication.at, name)
        try:
            parts = parse_template(template)
        except TemplateError as error:
            self.findings.error("NK4002", f"malformed placeholder: {error}", at, "write `{{VARIABLE}}`")
            return ""
        for placeholder in placeholders(parts):
            if placeholder.name not in self.variables:
                self.variables.undeclared(placeholder.name, at)
        return "".join(
            part if isinstance(part, str) else self.variables.value(part.name, at)
            for part in parts
            if isinstance(part, str) or part.name in self.variables
        )


def _bearer(filled: _Filled) -> Credential:
    token = filled.text("token", _NOT_IN_HEADER)
    return Credential((("authorization", f"Bearer {token}"),), words="header `Authorization: Bearer …`")


def _basic(filled: _Filled) -> Credential:
    pair = f"{filled.text('username', _NOT_IN_USER, is_secret=False)}:{filled.text('password', _CONTROL)}"
    encoded = base64.b64encode(pair.encode()).decode()
    return Credential((("authorization", f"Basic {encoded}"),), words="header `Authorization: Basic …`")


def _apikey(filled: _Filled) -> Credential:
    fields = filled.authentication.fields
    several = [name for name in fields if name.startswith("header:")]
    if several:
        headers = tuple(
            (_header_name(name.removeprefix("header:"), filled), filled.text(name, _NOT_IN_HEADER)) for name in several
        )
        return Credential(headers, words="headers " + ", ".join(f"`{name}`" for name, _ in headers))
    placement = fields["placement"]
    key = filled.text("key", _CONTROL, is_secret=False)
    value = filled.text("value", _CONTROL if placement == "query" else _NOT_IN_HEADER)
    if placement == "query":
        return Credential(query=((query_key(key), query_value(value)),), words=f"query `{key}`")
    # The schema knows `header` and `query` alone; a key that is absent has been reported.
    name = _header_name(key, filled) if key else ""
    return Credential(((name, value),), words=f"header `{key}`")


def _header_name(name: str, filled: _Filled) -> str:
    """The name as it is sent; reports one that no header can have."""
    if not _TOKEN.match(name):
        help_text = "use letters, digits and `-`"
        filled.findings.error("NK4010", f"`{name}` is no header name", filled.authentication.at, help_text)
    return name.lower()


_MAKERS: dict[str, Callable[[_Filled], Credential]] = {"bearer": _bearer, "apikey": _apikey, "basic": _basic}
