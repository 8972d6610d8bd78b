"""The public interface is what `__init__` exports; this pins it, so that a change of it is a decision."""

import subprocess
import sys

import naftiko_runtime

PUBLIC_NAMES = [
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


def test_the_public_names_are_these() -> None:
    assert sorted(naftiko_runtime.__all__) == PUBLIC_NAMES


def test_every_public_name_is_there() -> None:
    assert all(hasattr(naftiko_runtime, name) for name in naftiko_runtime.__all__)


def test_everything_public_says_what_it_is() -> None:
    classes = [getattr(naftiko_runtime, name) for name in naftiko_runtime.__all__ if name != "__version__"]
    assert [item.__name__ for item in classes if not item.__doc__] == []


def test_importing_starts_nothing() -> None:
    """No server, client, event loop or protocol library is loaded by the import alone."""
    heavy = ("uvicorn", "httpx", "pyreqwest", "mcp", "starlette", "asyncio", "jsonschema", "yaml")
    script = f"import sys, naftiko_runtime; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
