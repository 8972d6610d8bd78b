"""A `multipart/form-data` body (RFC 7578), from parts with `name`, `value`, `filename` and `contentType`.

What a part is called stands in its head, where a line break would begin another header: such a value is refused, quotes
are escaped as browsers do (WHATWG HTML §4.10.21.8). The boundary is a digest of all the parts, so none of them can hold
it and the same parts make the same body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

from naftiko_runtime.plan.text.values import MEDIA_TYPE, UnfitValue, to_text

CONTENT_TYPE = "multipart/form-data"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LABEL = b"naftiko-"
_DIGEST = 16
_BOUNDARY_LENGTH = len(_LABEL) + 2 * _DIGEST


def quoted(text: str) -> str:
    """A name as it stands between quotes in the head of a part. Raises UnfitValue for control characters."""
    if _CONTROL.search(text):
        raise UnfitValue("must not hold line breaks or other control characters")
    return text.replace('"', "%22")


def media_type(text: str) -> str:
    """A media type as it stands in the head of a part. Raises UnfitValue for what is none."""
    if not MEDIA_TYPE.match(text):
        raise UnfitValue("must be a media type such as text/csv")
    return text


SPELLINGS: Mapping[str, Callable[[str], str]] = {"name": quoted, "filename": quoted, "contentType": media_type}
"""How what stands in the head of a part is spelled there; its `value` is text."""


def encode_parts(parts: Sequence[Mapping[str, object]]) -> bytes | None:
    """The body of parts. One without a value is left out, one whose value is a list is repeated; None without any."""
    chunks = [
        _head(part) + to_text(value).encode()
        for part in parts
        if part.get("value") is not None and "name" in part
        for value in _values(part["value"])
    ]
    if not chunks:
        return None
    digest = blake2b(digest_size=_DIGEST)
    for chunk in chunks:
        digest.update(chunk)
    boundary = _LABEL + digest.hexdigest().encode()
    return b"".join(b"--%b\r\n%b\r\n" % (boundary, chunk) for chunk in chunks) + b"--%b--\r\n" % boundary


def content_type_of(content: bytes) -> str:
    """The `Content-Type` of a body that `encode_parts` made."""
    return f"{CONTENT_TYPE}; boundary={content[2 : 2 + _BOUNDARY_LENGTH].decode()}"


def _values(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _head(part: Mapping[str, object]) -> bytes:
    head = f'Content-Disposition: form-data; name="{part["name"]}"'
    is_file = "filename" in part
    if is_file:
        head += f'; filename="{part["filename"]}"'
    kind = part.get("contentType") or ("application/octet-stream" if is_file else "")
    if kind:
        head += f"\r\nContent-Type: {kind}"
    return f"{head}\r\n\r\n".encode()
