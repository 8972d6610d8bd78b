"""Asking a running process through its control adapter, telling it something, and printing what it answered.

A verb that asks does no more than this: one request, and its answer for a person or as JSON. Who can't be reached, or
refuses, is told in one line.
"""

from __future__ import annotations

import argparse
import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from naftiko_runtime.cli.options import UsageError, port
from naftiko_runtime.cli.terminal import AT_FAULT, say
from naftiko_runtime.diagnostics import visible
from naftiko_runtime.plan.text.addresses import address_problem

_PATIENCE_SECONDS = 10.0
_PORT = "NAFTIKO_CONTROL"


class UnansweredError(Exception):
    """There is no answer to tell. The text is for whoever asked."""


class Control:
    """The control adapter that the options of a verb mean. Raises UsageError where they mean none."""

    def __init__(self, options: argparse.Namespace, environment: Mapping[str, str]) -> None:
        url = options.url or _own_url(environment)
        if address_problem(url):
            # It is not repeated: a password may stand in it.
            raise UsageError("--url: write http://HOST:PORT; a token is given by --token")
        self._parts = urlsplit(url)
        self._headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}

    def get(self, path: str) -> bytes:
        """What it answers. Raises UnansweredError."""
        return self._send("GET", path, None, self._headers)

    def document(self, path: str) -> Any:
        """What it answers, as a JSON value. Raises UnansweredError."""
        return _value(self.get(path))

    def put(self, path: str, document: Mapping[str, Any]) -> Any:
        """What it answers to a JSON document that changes something, as a JSON value. Raises UnansweredError."""
        headers = {**self._headers, "Content-Type": "application/json"}
        return _value(self._send("PUT", path, json.dumps(document), headers))

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> bytes:
        parts = self._parts
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise UnansweredError(f"nobody answers at {parts.scheme}://{parts.netloc}: {reason}") from None
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise UnansweredError(_refusal(answer.status, content))
        return content


def unanswered(error: UnansweredError) -> int:
    """Tell why there is no answer, and the exit code for it."""
    say(f"naftiko: {visible(str(error))}")
    return AT_FAULT


def rows(table: Sequence[tuple[str, ...]]) -> str:
    """Rows in columns; the last column is as long as it is."""
    if not table:
        return ""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]) - 1)]
    return "\n".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1])).rstrip()
        for row in table
    )


def _own_url(environment: Mapping[str, str]) -> str:
    number = environment.get(_PORT, "")
    if not number:
        raise UsageError(f"say whom to ask: `--url http://127.0.0.1:PORT`, or the port in {_PORT}")
    try:
        return f"http://127.0.0.1:{port(number)}"
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{_PORT}: {error}") from None


def _value(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise UnansweredError("the answer is not JSON: is this a control adapter?") from None


def _refusal(status: int, content: bytes) -> str:
    try:
        document = json.loads(content)
        return f"[{document['code']}] {document['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"the answer has the status {status}: is this a control adapter?"
