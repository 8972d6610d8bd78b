"""Who answers a capability under test? Nobody on a network: a transport that a test scripts and questions.

A request that no script is for must fail the test, even where the code under test expects calls to fail. So it raises
what pytest fails with, which no `except Exception` stops, and it is remembered for the end of the test.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from naftiko_runtime.testing.request import ReceivedRequest, received
from naftiko_runtime.testing.script import Script


class StubUpstream(httpx.AsyncBaseTransport):
    """An upstream by script. `requests` holds what arrived, oldest first."""

    def __init__(self) -> None:
        self.requests: list[ReceivedRequest] = []
        self._scripts: list[Script] = []
        self._unscripted: list[ReceivedRequest] = []

    def on(self, method: str, path: str, *, query: Mapping[str, str | list[str]] | None = None) -> Script:
        """Script a method and a path, as it is sent: with the path of the `baseUri`, percent-encoded, without a query.

        A whole URL tells two upstreams apart; a `query` tells requests of one path apart, by the keys it names. Of two
        scripts that mean a request the later one answers.
        """
        script = Script(method, path, query)
        self._scripts.append(script)
        return script

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by script (httpx's interface)."""
        arrived = received(request, await request.aread())
        self.requests.append(arrived)
        script = next((item for item in reversed(self._scripts) if item.means(arrived)), None)
        if script is None or script.is_empty:
            self._unscripted.append(arrived)
            pytest.fail(self._told(arrived), pytrace=False)
        return script.next()

    def fail_for_unscripted(self) -> None:
        """Fail the test if a request arrived that no script was for."""
        if self._unscripted:
            pytest.fail(self._told(self._unscripted[0]), pytrace=False)

    def _told(self, arrived: ReceivedRequest) -> str:
        scripted = "".join(f"\n  {item}" for item in self._scripts) or "\n  nothing"
        return f"The upstream got a request that no script is for:\n  {arrived}\nScripted are:{scripted}"
