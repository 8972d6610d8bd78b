"""A server of the tests' tools on stdin and stdout, for a client to start: `python -m tests.mcp.stdio_server`."""

from __future__ import annotations

import asyncio
import os

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import HttpxUpstream
from naftiko_runtime.mcp.stdio import Pipe
from naftiko_runtime.plan.model.call import Arguments
from naftiko_runtime.plan.model.function import Mock
from tests.mcp.faces import EVERY, VERSION, face_of, tool_of


def shout(_arguments: Arguments) -> str:
    print("not a message")
    os.write(1, b"nor this\n")
    return "said aloud"


async def main() -> None:
    tools = (*EVERY, tool_of("noisy", Mock(shout)))
    records: list[object] = []
    await Pipe(face_of(*tools), Engine(HttpxUpstream()), records.append, version=VERSION).run()


if __name__ == "__main__":
    asyncio.run(main())
