"""What shall the upstream answer? One line of a test says it: `on("GET", "/jobs/7").answers(json={...})`."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any, Self

import httpx

from naftiko_runtime.testing.request import ReceivedRequest

_NOTHING: Any = object()


class Script:
    """The answers to one method and path. They are given in turn; the last one is given again and again."""

    def __init__(self, method: str, path: str, query: Mapping[str, str | list[str]] | None) -> None:
        self._method = method.upper()
        self._path = path
        self._query = query
        self._answers: list[httpx.Response | Exception] = []

    def answers(
        self,
        *,
        json: Any = _NOTHING,
        text: str | None = None,
        content: bytes = b"",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Answer with a JSON document, a text, bytes, or nothing. May be said again, for what comes next."""
        kind = None
        if json is not _NOTHING:
            kind, content = "application/json", dumps(json).encode()
        elif text is not None:
            kind, content = "text/plain; charset=utf-8", text.encode()
        typed = {"content-type": kind} if kind else {}
        self._answers.append(httpx.Response(status, headers={**typed, **(headers or {})}, content=content))
        return self

    def raises(self, error: Exception) -> Self:
        """Break instead of answering: with `httpx.ConnectError("refused")`, `httpx.ReadTimeout("slow")` …"""
        self._answers.append(error)
        return self

    def means(self, request: ReceivedRequest) -> bool:
        """Whether this script is for a request. A query that is not scripted may be anything."""
        address = request.url if "://" in self._path else request.path
        if (request.method, address) != (self._method, self._path):
            return False
        return self._query is None or all(request.query.get(key) == value for key, value in self._query.items())

    @property
    def is_empty(self) -> bool:
        """Whether no answer was given to it."""
        return not self._answers

    def next(self) -> httpx.Response:
        """The next answer; raises what shall break."""
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def __str__(self) -> str:
        asked = "&".join(f"{key}={value}" for key, value in (self._query or {}).items())
        shown = f"{self._method} {self._path}" + (f"?{asked}" if asked else "")
        return f"{shown} (without an answer)" if self.is_empty else shown
