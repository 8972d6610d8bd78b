"""The FastMCP server that our MCP face is compared with. Runs as a script, in whichever Python has FastMCP.

python peer.py OPENAPI-FILE UPSTREAM-URL PORT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import fastmcp  # type: ignore[import-not-found,unused-ignore]
import httpx2 as httpx


def main(document: str, upstream: str, port: str) -> None:
    """Serve the document's operations as tools, without sessions, answers as JSON."""
    client = httpx.AsyncClient(base_url=upstream)
    server = fastmcp.FastMCP.from_openapi(json.loads(Path(document).read_text()), client=client)
    server.run(
        transport="http",
        host="127.0.0.1",
        port=int(port),
        stateless_http=True,
        json_response=True,
        show_banner=False,
        log_level="ERROR",
        uvicorn_config={"access_log": False},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
