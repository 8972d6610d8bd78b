"""Reading `authentication`: credentials towards an upstream, or asked of callers (language §5.5, §10.1).

Both are written alike, and in several spellings; what either of them means is the plan's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer

_HEADER = "header:"

# What an authorization server has to be told by a client; the official schema knows what protects a resource alone.
_CLIENT_KEYS = ("clientId", "clientSecret", "refreshToken", "tokenEndpointAuthMethod")


@dataclass(frozen=True, slots=True)
class Authentication:
    """Credentials towards an upstream, or asked of callers. `fields` holds the texts of its kind, keyed by the
    official spelling (`token`; `key`, `value`, `placement`; `username`, `password`); `scopes` stand between spaces.
    """

    type: str
    fields: dict[str, str]
    at: Pointer

    @property
    def headers(self) -> dict[str, str]:
        """The headers that are a credential each (`apikey` with `headers`), with the field that holds the text."""
        return {field.removeprefix(_HEADER): field for field in self.fields if field.startswith(_HEADER)}


def read_authentication(owner: Fields) -> Authentication | None:
    """The `authentication` of an adapter, the four spellings of apikey (C9) brought to one."""
    key = "authentication" if "authentication" in owner else "auth"
    if key not in owner:
        return None
    fields = owner.mapping(key)
    kind = fields.text("type").lower()
    if kind == "apikey":
        return Authentication(kind, _apikey(fields), fields.at)
    if kind == "oauth2" and any(key in fields for key in _CLIENT_KEYS):
        fields.note("the keys of a client in `oauth2`")
    texts = {_token_endpoint(fields, name): _text_or_words(fields, name) for name in fields.values if name != "type"}
    return Authentication(kind, texts, fields.at)


def _token_endpoint(fields: Fields, name: str) -> str:
    """The name of a field, where the token endpoint has it from OpenAPI or elsewhere: the official one."""
    if name not in ("tokenUrl", "tokenUri"):
        return name
    fields.note(f"`{name}` for `tokenEndpoint`", name)
    return "tokenEndpoint"


def _text_or_words(fields: Fields, name: str) -> str:
    """The text at `name`; a list, such as `scopes`, as its words between spaces (RFC 6749 §3.3)."""
    value = fields.values[name]
    if isinstance(value, list):
        return " ".join(str(item) for item in value if isinstance(item, str | int | float))
    return fields.template(name)


def _apikey(fields: Fields) -> dict[str, str]:
    headers = fields.mapping("headers")
    if headers.values:
        # The spelling of 12 public files: each header of the map is a credential of its own.
        fields.note("`apikey` with `headers`")
        return {f"{_HEADER}{name}": headers.template(name) for name in headers.values}
    if "header" in fields:
        fields.note("`apikey` with `header` and `key`")
        return {"key": fields.text("header"), "value": fields.template("key"), "placement": "header"}
    if "in" in fields or "name" in fields:
        fields.note("`apikey` with `in` and `name`")
        return {
            "key": fields.text("name") or fields.text("key"),
            "value": fields.template("value"),
            "placement": fields.text("in") or fields.text("placement") or "header",
        }
    return {
        "key": fields.text("key"),
        "value": fields.template("value"),
        "placement": fields.text("placement") or "header",
    }
