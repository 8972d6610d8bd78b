"""How would one send an upstream request by hand? As a curl command that a POSIX shell takes as it stands."""

from __future__ import annotations

import shlex

from naftiko_runtime.plan.model.call import UpstreamRequest
from naftiko_runtime.plan.model.negotiated import Digest

_INDENT = " \\\n  "


def render_curl(request: UpstreamRequest) -> str:
    """The command for a request. Whatever the request holds is quoted; nothing it holds is masked here."""
    # --globoff and --path-as-is: curl must not expand brackets, nor collapse segments, of a URL that is right already.
    head = "curl --globoff --path-as-is" + (" --head" if request.method == "HEAD" else f" --request {request.method}")
    parts = [head, shlex.quote(request.url)]
    for name, value in request.headers:
        # An empty header is written with a semicolon; with a colon curl would leave the header out.
        parts.append(f"--header {shlex.quote(f'{name}: {value}' if value else f'{name};')}")
    parts += _authentication(request)
    if request.content is not None:
        parts.append(f"--data-raw {_quote_content(request.content)}")
    return _INDENT.join(parts)


def _authentication(request: UpstreamRequest) -> list[str]:
    if isinstance(request.authentication, Digest):
        pair = f"{request.authentication.username}:{request.authentication.password}"
        return [f"--digest --user {shlex.quote(pair)}"]
    # The token is not known before its endpoint is asked.
    return [] if request.authentication is None else ["--header 'authorization: Bearer ***'"]


def _quote_content(content: bytes) -> str:
    try:
        return shlex.quote(content.decode())
    except UnicodeDecodeError:
        return "$'" + "".join(f"\\x{byte:02x}" for byte in content) + "'"
