"""Runs Naftiko capability files.

The names below are the public interface; everything else may change between releases. Each is imported when it is first
asked for, so that importing the package costs nothing and starts nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from naftiko_runtime.diagnostics.model import Diagnostic, Severity, Span
    from naftiko_runtime.engine.upstream.port import Limits
    from naftiko_runtime.errors import (
        AddressError,
        ArgumentError,
        CredentialError,
        DeadlineError,
        FieldError,
        HostingError,
        InvocationError,
        NaftikoError,
        SpecError,
        TransportError,
        UpstreamError,
    )
    from naftiko_runtime.host.embedding.runtime import Runtime
    from naftiko_runtime.host.embedding.toolset import ToolDefinition
    from naftiko_runtime.host.files.loaded import LoadedSpec, load
    from naftiko_runtime.version import __version__

__all__ = [
    "AddressError",
    "ArgumentError",
    "CredentialError",
    "DeadlineError",
    "Diagnostic",
    "FieldError",
    "HostingError",
    "InvocationError",
    "Limits",
    "LoadedSpec",
    "NaftikoError",
    "Runtime",
    "Severity",
    "Span",
    "SpecError",
    "ToolDefinition",
    "TransportError",
    "UpstreamError",
    "__version__",
    "load",
]

_ELSEWHERE = {
    "Diagnostic": "diagnostics.model",
    "Limits": "engine.upstream.port",
    "LoadedSpec": "host.files.loaded",
    "Runtime": "host.embedding.runtime",
    "Severity": "diagnostics.model",
    "Span": "diagnostics.model",
    "ToolDefinition": "host.embedding.toolset",
    "__version__": "version",
    "load": "host.files.loaded",
}


def __getattr__(name: str) -> object:
    """Import what has been asked for (PEP 562); what is not named elsewhere is an error of `errors`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_ELSEWHERE.get(name, 'errors')}")
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
