"""Runs Naftiko capability files.

The names below are the public interface; everything else may change between releases.
"""

from naftiko_runtime.diagnostics import Diagnostic, Severity, Span
from naftiko_runtime.errors import (
    AddressError,
    ArgumentError,
    DeadlineError,
    FieldError,
    HostingError,
    InvocationError,
    NaftikoError,
    SpecError,
    TransportError,
    UpstreamError,
)
from naftiko_runtime.version import __version__

__all__ = [
    "AddressError",
    "ArgumentError",
    "DeadlineError",
    "Diagnostic",
    "FieldError",
    "HostingError",
    "InvocationError",
    "NaftikoError",
    "Severity",
    "Span",
    "SpecError",
    "TransportError",
    "UpstreamError",
    "__version__",
]
