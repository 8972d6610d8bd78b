"""Errors that callers of the library can catch.

NaftikoError
├── SpecError            the text can't be served; `.diagnostics`
├── InvocationError      one call can't be made or failed
│   ├── ArgumentError    the caller's input; `.fields`
│   ├── UpstreamError    the upstream answered outside 2xx; `.status`, `.body`
│   ├── TransportError   the upstream could not be reached, or broke while it answered; `.reason`
│   ├── AddressError     the upstream has no base address to call
│   ├── CredentialError  the upstream's credential can't be had: no token, no answer to its challenge
│   ├── DeadlineError    too slow; `.phase`, `.seconds`
│   └── ScriptFailureError  a script failed; `.script`, `.reason`, `.line`
└── HostingError         a listener, a folder, a worker; `.diagnostics`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from naftiko_runtime.diagnostics import Diagnostic


class FieldError(NamedTuple):
    """One input that can't be used: the field as the caller names it, and what is wrong with it."""

    field: str
    problem: str


class NaftikoError(Exception):
    """The root of every error this package raises on purpose."""


class SpecError(NaftikoError):
    """A capability can't be served as it is written. `diagnostics` holds every problem, in file order."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{item.place}: [{item.code}] {item.message}" for item in self.diagnostics))


class InvocationError(NaftikoError):
    """One call could not be made, or failed. `code` is the stable code of its kind (NK8xxx)."""

    code = "NK8001"


class ArgumentError(InvocationError):
    """The caller's input can't make a right request; nothing was sent. `fields` names every field at once."""

    code = "NK8001"

    def __init__(self, fields: Sequence[FieldError]) -> None:
        self.fields = tuple(fields)
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in self.fields))


class UpstreamError(InvocationError):
    """The upstream answered outside 2xx. `status` is its status, `body` its bytes as received; `step` is the step that
    asked it, empty for a call alone.
    """

    code = "NK8002"

    def __init__(self, status: int, path: str, body: bytes, step: str = "") -> None:
        self.status = status
        self.path = path
        self.body = body
        self.step = step
        super().__init__(f"{f'step `{step}`: ' if step else ''}the upstream answered {status} for {path}")


class TransportError(InvocationError):
    """The upstream could not be reached, or its answer could not be read. `reason` never holds a URL's query."""

    code = "NK8003"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class AddressError(InvocationError):
    """The consumed API has no usable `baseUri`, so that no request can be made (`--upstream` gives it one)."""

    code = "NK8013"


class CredentialError(InvocationError):
    """What lets a request in could not be had: a token endpoint refused or failed, a challenge can't be answered."""

    code = "NK8021"


class DeadlineError(InvocationError):
    """A phase (`connect`, `call` or `steps`) took longer than its `seconds`."""

    code = "NK8004"

    def __init__(self, phase: str, seconds: float) -> None:
        self.phase = phase
        self.seconds = seconds
        super().__init__(f"no answer from the upstream within {seconds:g} s ({phase})")


class ScriptFailureError(InvocationError):
    """A script failed. `script` is its file or a dependency's, `line` (from 1) is where, if that is known; `reason` is
    its own words or the limit that it passed.
    """

    code = "NK8023"

    def __init__(self, script: str, reason: str, line: int | None = None) -> None:
        self.script = script
        self.reason = reason
        self.line = line
        place = f", line {line}" if line else ""
        super().__init__(f"the script `{script}` failed{place}: {reason}")


class HostingError(NaftikoError):
    """A listener, a folder or a worker can't do its job. `diagnostics` says which and why."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"[{item.code}] {item.message}" for item in self.diagnostics))
