"""Can we have the addresses we want?

Sockets are bound before anything is served, all of them or none: a capability whose REST half answers while its MCP
half failed to start is worse than one that did not start. Every address that can't be had is told in one run.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Sequence
from typing import NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.errors import HostingError
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.layout import Listener

_BACKLOG = 2048
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here


class Bound(NamedTuple):
    """A listener with the socket that accepts for it. `endpoint` has the port it really got."""

    listener: Listener
    socket: socket.socket
    endpoint: Endpoint

    @property
    def url(self) -> str:
        """An address that a client on this machine can open; `127.0.0.1` stands for "every interface"."""
        host = _WILDCARDS.get(self.endpoint.host, self.endpoint.host)
        return f"http://{Endpoint(host, self.endpoint.port)}"


def bind(listeners: Sequence[Listener]) -> tuple[Bound, ...]:
    """Bind every listener, and let the system accept connections for it.

    Raises HostingError with a diagnostic for each address that can't be had; none is held then.
    """
    bound: list[Bound] = []
    problems: list[Diagnostic] = []
    for listener in listeners:
        try:
            bound.append(_bind(listener))
        except OSError as error:
            problems.append(_explain(listener, error))
    for item in bound if not problems else ():
        try:
            # Two processes may both bind an address with SO_REUSEADDR; only one of them may listen.
            item.socket.listen(_BACKLOG)
        except OSError as error:
            problems.append(_explain(item.listener, error))
    if problems:
        release(bound)
        raise HostingError(problems)
    return tuple(bound)


def release(bound: Sequence[Bound]) -> None:
    """Give the addresses back."""
    for item in bound:
        item.socket.close()


def _bind(listener: Listener) -> Bound:
    host, port = listener.endpoint
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port whose last connections linger in TIME_WAIT is free; on Windows the option would mean "steal it".
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.setblocking(False)
        return Bound(listener, bound, Endpoint(host, bound.getsockname()[1]))
    except OSError:
        bound.close()
        raise


def _explain(listener: Listener, error: OSError) -> Diagnostic:
    endpoint = listener.endpoint
    wanted = ", ".join(map(str, listener.adapters))
    file = listener.adapters[0].plan.file
    namespace = listener.adapters[0].face.namespace
    if error.errno == errno.EADDRINUSE:
        message = f"port {endpoint.port} on {endpoint.host} is in use by another process; wanted by {wanted}"
        help_text = f"stop that process, or listen elsewhere: `--listen {namespace}=127.0.0.1:0` takes any free port"
        return Diagnostic("NK7001", Severity.ERROR, message, file, help=help_text)
    if error.errno == errno.EACCES:
        reason, help_text = (
            "this user may not use that port",
            f"choose a port above 1023: `--listen {namespace}=HOST:PORT`",
        )
    elif isinstance(error, socket.gaierror):
        reason, help_text = "the name has no address", "write a numeric address, such as 127.0.0.1"
    else:
        reason = (error.strerror or type(error).__name__).lower()
        help_text = "choose an address this machine has: `--host 127.0.0.1`"
    message = f"can't listen on {endpoint}: {reason}; wanted by {wanted}"
    return Diagnostic("NK7002", Severity.ERROR, message, file, help=help_text)
