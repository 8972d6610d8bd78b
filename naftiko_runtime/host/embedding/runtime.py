"""How does another Python program use the engine? By one object: serve it, call it, or give its tools to a model.

Everything is decided when the object is made: files are read, variables get their values, plans are compiled. After
that it is a value that may be shared; what belongs to an event loop is made when one first needs it.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Mapping, Sequence
from os import PathLike
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from naftiko_runtime.asgi.hosts import HostGuard
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import HttpxUpstream, Limits, ReqwestUpstream, Upstream
from naftiko_runtime.errors import ArgumentError, FieldError
from naftiko_runtime.host.embedding.assembly import Source, assemble, env_file_values
from naftiko_runtime.host.embedding.embedded import EmbeddedApplication
from naftiko_runtime.host.embedding.exposures import Exposures
from naftiko_runtime.host.embedding.session import Sessions, log_request
from naftiko_runtime.host.embedding.toolset import ToolDefinition, Toolset, as_declared
from naftiko_runtime.host.embedding.value import to_value
from naftiko_runtime.host.files.capability import Settings
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.version import __version__

if TYPE_CHECKING:
    import httpx

_LOGGER = logging.getLogger("naftiko_runtime")
_NO_UPSTREAMS: Mapping[str, str] = MappingProxyType({})
_DEFAULT_LIMITS = Limits()
# The thread of the upstream client lets go of Python objects shortly after the last answer came. Where it waits for the
# interpreter while that finalises, CPython aborts ("PyGILState_Release"; 4 of 100 ends of short scripts on a loaded
# machine, closed or not, and none of 150 with this pause, in which the thread gets its turn).
_LAST_TURN_SECONDS = 0.05


def _let_go() -> None:
    time.sleep(_LAST_TURN_SECONDS)


class Runtime:
    """Capabilities, ready to be served and called in this process.

    `source` is a file, a folder, a capability's text, what `load` returned, or a list of these. `env` takes the place
    of the process environment, which is otherwise read here and never again; `env_file` is a dotenv file. `upstreams`
    maps namespaces of `consumes` to the base address that replaces theirs. With a `transport`, every upstream request
    leaves through it, and it is closed with the runtime. `limits` are deadlines in seconds and the largest answer and
    request in bytes. With `strict`, all that the official schema refuses is an error; with `partial`, what is right in
    a file with errors is served, and what is not is an InvocationError that says why; with `allow_scripts`, steps may
    run scripts. With `allow_hosts`, `asgi()` answers callers by these host names and those of this machine alone.

    Raises SpecError, with every diagnostic, where nothing can be served. Of several files those with errors are left
    out: `diagnostics` tells why, and so does Python's `logging`.
    """

    def __init__(
        self,
        source: Source | Sequence[Source],
        *,
        env: Mapping[str, str] | None = None,
        env_file: str | PathLike[str] | None = None,
        upstreams: Mapping[str, str] = _NO_UPSTREAMS,
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = _DEFAULT_LIMITS,
        strict: bool = False,
        partial: bool = False,
        allow_scripts: bool = False,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        sources = source if isinstance(source, Sequence) and not isinstance(source, str) else (source,)
        settings = Settings(
            dict(os.environ if env is None else env),
            env_file_values(env_file),
            dict(upstreams),
            strict,
            partial,
            allow_scripts=allow_scripts,
        )
        self._assembly = assemble(sources, settings)
        for problem in self._assembly.diagnostics:
            if problem.is_error:
                _LOGGER.warning("%s: [%s] %s", problem.place, problem.code, problem.message)
        self._limits = limits
        self._transport = transport
        self._exposures = Exposures(self._assembly.plans)
        self._toolset = Toolset(self._assembly.plans)
        hosts = HostGuard(allow_hosts) if allow_hosts else None
        self._sessions = Sessions(self._assembly.listener, self._connect, limits, hosts)
        self._doubled: tuple[Diagnostic, ...] | None = None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All there is to say of the files: why some are not served, what to know of the others, which routes clash."""
        if self._doubled is None:
            idle = Engine(HttpxUpstream())
            self._doubled = ListenerApplication(
                self._assembly.listener, idle, log_request, version=__version__
            ).diagnostics
        return (*self._assembly.diagnostics, *self._doubled)

    def functions(self) -> list[str]:
        """A name for everything that can be called, in the order of the files: `namespace.operation`."""
        return list(self._exposures.names)

    def tools(self) -> list[ToolDefinition]:
        """The tools of all MCP adapters, in the order of the files, under names that every provider of models takes."""
        return list(self._toolset.definitions)

    async def call(self, name: str, arguments: Mapping[str, object] | None = None, /, **named: object) -> Any:
        """Call one function and return its result: a JSON value, `str` or `bytes`; None where there is none.

        `name` is one of `functions()`, a tool's name, a route (`GET /jobs/{id}`), or the consumed operation. Arguments
        are given by keyword, or as a mapping where their names are no Python names.

        Raises ArgumentError, UpstreamError, TransportError, DeadlineError, AddressError; InvocationError (NK8007) for a
        name that means no function, or several.
        """
        given = dict(arguments or {})
        if twice := given.keys() & named.keys():
            raise ArgumentError([FieldError(field, "is given twice") for field in sorted(twice)])
        return await self._run(self._exposures.find(name), given | named)

    async def call_tool(self, name: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call the tool of this name among `tools()`, with what a model gave as its arguments. As `call` otherwise."""
        function = self._toolset.find(name)
        return await self._run(function, as_declared(function, arguments or {}))

    def asgi(self) -> EmbeddedApplication:
        """An ASGI application over everything that is not for pipes, as `naftiko run --port` serves it."""
        return EmbeddedApplication(self._sessions)

    async def close(self) -> None:
        """Release the connections and tasks of the running event loop. The next use makes new ones."""
        await self._sessions.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        files = ", ".join(plan.file for plan in self._assembly.plans)
        return f"<{type(self).__name__} of {files}>"

    def _connect(self) -> Upstream:
        if self._transport is not None:
            return HttpxUpstream(self._transport, self._limits)
        # Registered once, however many there are.
        atexit.unregister(_let_go)
        atexit.register(_let_go)
        return ReqwestUpstream(self._limits)

    async def _run(self, function: Function, arguments: Mapping[str, object]) -> Any:
        return to_value(await self._sessions.current().engine.invoke(function, arguments))
