"""How is a caller told that its HTTP request never became an MCP message?

As an RFC 9457 problem document, like everything else the runtime refuses by itself. What is wrong with a message is
the SDK's to say, in JSON-RPC.
"""

from __future__ import annotations

# Status → stable code.
_CODES = {403: "NK8012", 404: "NK8018", 405: "NK8008", 413: "NK8009"}


class RefusalError(Exception):
    """This face refuses the HTTP request. `headers` go with the answer."""

    def __init__(self, status: int, detail: str, *headers: tuple[bytes, bytes]) -> None:
        self.status = status
        self.detail = detail
        self.headers = headers
        self.code = _CODES[status]
        super().__init__(detail)
