"""Is what docs/protect.md shows served as it says?"""

from __future__ import annotations

import re
import textwrap

import httpx

from naftiko_runtime import Runtime, load
from tests.runner import ROOT

TEXT = (ROOT / "docs" / "protect.md").read_text(encoding="utf-8")
WHOLE, ADAPTER = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)[:2]


async def test_the_example_asks_for_its_token():
    async with Runtime(WHOLE, env={"DESK_TOKEN": "x"}) as runtime:
        transport = httpx.ASGITransport(runtime.asgi())  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            assert (await client.get("/loans")).status_code == 401
            assert (await client.get("/loans", headers={"authorization": "Bearer x"})).json() == {"title": "Emma"}


def test_the_adapter_with_an_authorization_server_is_right():
    head = WHOLE[: WHOLE.index("    - type: rest")]
    tool = "tools: [{name: loans, description: Loans., outputParameters: [{name: n, type: string, value: a}]}]\n"
    adapter = textwrap.indent(ADAPTER + tool, "      ").replace("      ", "    - ", 1)
    assert [item for item in load(head + adapter).diagnostics if item.is_error] == []
