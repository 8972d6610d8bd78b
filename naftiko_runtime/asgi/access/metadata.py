"""Where does a client learn which authorization server to ask? Protected resource metadata (RFC 9728).

The one thing that is known for sure is the resource's own address, which the file says: a proxy or an outer application
may have taken a part off the path, and the Host header is the caller's word. So every address is made from that one.
Where a part of its path is a mount, the metadata is told to lie below the mount, because what lies above it is somebody
else's to answer; it is answered at the address that the RFC derives as well, for clients that look there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from naftiko_runtime.asgi.mount import mounted_at
from naftiko_runtime.plan.model.face import Face
from naftiko_runtime.plan.model.policy import OAuthAccess

if TYPE_CHECKING:
    from starlette.types import Scope, Send

WELL_KNOWN = "/.well-known/oauth-protected-resource"
"""What stands before a resource's path in the path of its metadata (RFC 9728 §3)."""

_KEPT_SECONDS = 300

# What stands behind the namespace, or alone, in the paths at which an adapter is reached (C15).
_ENDS = {"rest": ("",), "mcp": ("/mcp",), "skill": ("/skills", ""), "control": ("",)}


def paths_of(face: Face) -> tuple[str, ...]:
    """The percent-encoded paths of a listener at which an adapter may be reached, but for its root."""
    ends = _ENDS[face.kind]
    return (*(quote(f"/{face.namespace}{end}") for end in ends), *filter(None, ends))


class ResourceAddress:
    """The addresses of a resource's metadata. `paths` are those at which its adapter is reached here."""

    def __init__(self, resource: str, paths: Iterable[str]) -> None:
        parts = urlsplit(resource)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._path = parts.path.rstrip("/")
        ends = (path for path in paths if self._path.endswith(path))
        end = max(ends, key=len, default=None)
        self._above = "" if end is None else self._path.removesuffix(end)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What may stand behind `WELL_KNOWN` in a request for the metadata, percent-decoded."""
        return tuple(dict.fromkeys((unquote(self._path), unquote(self._path.removeprefix(self._above)))))

    def url(self, scope: Scope) -> str:
        """The metadata's URL, as a request to the resource is told."""
        mount = quote(mounted_at(scope))
        above = mount if mount and f"{self._path}/".startswith(f"{mount}/") else self._above
        return f"{self._origin}{above}{WELL_KNOWN}{self._path.removeprefix(above)}"


class Metadata:
    """The metadata of all resources of a listener, which has these adapters."""

    def __init__(self, faces: Sequence[Face]) -> None:
        resources = [(face.access, face) for face in faces if isinstance(face.access, OAuthAccess)]
        documents: dict[str, dict[str, Any]] = {}
        for access, face in resources:
            document = _document(access)
            for suffix in ResourceAddress(access.resource, paths_of(face)).suffixes:
                documents[suffix] = _both(documents.get(suffix, document), document)
        if len({access.resource for access, _ in resources}) == 1:
            # Clients that know no path of the resource ask here.
            documents.setdefault("", _document(resources[0][0]))
        self._contents: Mapping[str, bytes] = {suffix: orjson.dumps(item) for suffix, item in documents.items()}

    def find(self, scope: Scope) -> bytes | None:
        """The document that a request asks for; None where it asks for something else."""
        path: str = scope["path"]
        if not path.startswith(WELL_KNOWN) or scope["method"] not in ("GET", "HEAD"):
            return None
        suffix = path.removeprefix(WELL_KNOWN).rstrip("/")
        found = self._contents.get(suffix)
        return found or self._contents.get(mounted_at(scope) + suffix)


async def send_document(content: bytes, scope: Scope, send: Send, request_id: str) -> None:
    """Answer with a document. It is public, so pages of any origin may read it."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(content)),
        (b"cache-control", b"public, max-age=%d" % _KEPT_SECONDS),
        (b"access-control-allow-origin", b"*"),
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _document(access: OAuthAccess) -> dict[str, Any]:
    scopes = {"scopes_supported": list(access.scopes)} if access.scopes else {}
    return {
        "resource": access.resource,
        "authorization_servers": [access.issuer],
        **scopes,
        "bearer_methods_supported": ["header"],
    }


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One document for two adapters of one resource: whatever either of them needs."""
    merged = dict(one)
    for name in ("authorization_servers", "scopes_supported"):
        values = list(dict.fromkeys((*one.get(name, ()), *other.get(name, ()))))
        merged |= {name: values} if values else {}
    return merged
