"""How is a caller told that its HTTP request never became an MCP message?

As an RFC 9457 problem document, like everything else the runtime refuses by itself. What is wrong with a message is
the SDK's to say, in JSON-RPC.
"""

from __future__ import annotations

import orjson

# Status → title (RFC 9110 §15) and stable code.
_REFUSALS = {
    403: ("Forbidden", "NK8012"),
    404: ("Not Found", "NK8018"),
    405: ("Method Not Allowed", "NK8008"),
    413: ("Content Too Large", "NK8009"),
}


class RefusalError(Exception):
    """This face refuses the HTTP request. `headers` go with the answer."""

    def __init__(self, status: int, detail: str, *headers: tuple[bytes, bytes]) -> None:
        self.status = status
        self.detail = detail
        self.headers = headers
        self.code = _REFUSALS[status][1]
        super().__init__(detail)

    def document(self, request_id: str) -> bytes:
        """The problem document. It holds nothing the caller sent."""
        title = _REFUSALS[self.status][0]
        return orjson.dumps(
            {"title": title, "status": self.status, "detail": self.detail, "code": self.code, "requestId": request_id}
        )
