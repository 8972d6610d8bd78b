"""What arrived at the upstream? One request, as a test wants to look at it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request. `path` is percent-encoded, as it was sent, and without the query; `headers` know no case."""

    method: str
    url: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def query(self) -> dict[str, str | list[str]]:
        """The query, decoded: a text for each key, a list of texts where a key is repeated."""
        found: dict[str, list[str]] = {}
        for key, value in parse_qsl(self.query_string, keep_blank_values=True):
            found.setdefault(key, []).append(value)
        return {key: values[0] if len(values) == 1 else values for key, values in found.items()}

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode()

    @property
    def json(self) -> Any:
        """The body as a JSON document."""
        return json.loads(self.content)

    def __str__(self) -> str:
        # The values of a query may be credentials, and this is what failures print.
        keys = "&".join(f"{key}=…" for key in self.query)
        return f"{self.method} {self.path}" + (f"?{keys}" if keys else "")


def received(request: httpx.Request, content: bytes) -> ReceivedRequest:
    """The request that httpx would have sent."""
    # The runtime says by this extension what is to be written on the wire; httpx's own URL is normalised.
    target: bytes = request.extensions.get("target", request.url.raw_path)
    path, _, query = target.decode("ascii").partition("?")
    url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{path}"
    return ReceivedRequest(request.method, url, path, query, request.headers, content)
