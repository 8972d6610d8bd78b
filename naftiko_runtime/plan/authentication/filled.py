"""What does an `authentication` say, once its variables have their values?

Credentials towards upstreams and those that are asked of callers are written alike: a secret comes from a variable, one
that is written out is advised against (NK9002), and one that could not travel is refused (NK6010).
"""

from __future__ import annotations

import re

from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import MASK, Variables
from naftiko_runtime.plan.text.template import TemplateError, parse_template, placeholders
from naftiko_runtime.plan.text.values import HEADER_NAME
from naftiko_runtime.spec.model.authentication import Authentication

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""What no part of a credential may hold."""

NOT_IN_HEADER = re.compile(r"[^\x20-\x7e]")
"""What a header value can't hold."""

# RFC 7617 §2: the user's name ends at the first colon, and no control character may stand in the pair.
NOT_IN_USER = re.compile(r"[\x00-\x1f\x7f:]")
"""What a user's name can't hold."""

_ADDRESSES = frozenset({"authorizationServerUri", "resource", "tokenEndpoint"})


class Filled:
    """The texts of one `authentication`, which has its kind and its place in the file. `unknown` says that one of those
    given so far has a variable without a value, and a mask in its place.
    """

    def __init__(self, authentication: Authentication, variables: Variables, findings: Findings) -> None:
        self.authentication = authentication
        self.variables = variables
        self.findings = findings
        self.unknown = False

    def text(self, name: str, unusable: re.Pattern[str], *, is_secret: bool = True) -> str:
        """The field `name`, filled; reports an absent, malformed or unusable one."""
        at = self.authentication.at
        template = self.authentication.fields.get(name, "")
        if not template:
            kind = self.authentication.type
            example = "https://…" if name in _ADDRESSES else "'{{VARIABLE}}'"
            self.findings.error(
                "NK6006",
                f"`{kind}` authentication has no `{name}`",
                at,
                f"write `{name}: {example}`",
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
            if not self.variables.are_known:
                return MASK  # what is only looked at is shown, and passed on to others
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
        texts = [
            part if isinstance(part, str) else self.variables.value(part.name, at)
            for part in parts
            if isinstance(part, str) or part.name in self.variables
        ]
        self.unknown = self.unknown or any(text is MASK for text in texts)
        return "".join(texts)

    def header_name(self, name: str) -> str:
        """The name as it is sent, in lower case; reports one that no header can have."""
        if not HEADER_NAME.match(name):
            help_text = "use letters, digits and `-`"
            self.findings.error("NK4010", f"`{name}` is no header name", self.authentication.at, help_text)
        return name.lower()
