"""The public interface is what `__init__` exports; this pins it, so that a change of it is a decision."""

import subprocess
import sys
from pathlib import Path

import pytest

import naftiko_runtime

ROOT = Path(__file__).resolve().parent.parent

PUBLIC_NAMES = [
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


def test_the_public_names_are_these() -> None:
    assert sorted(naftiko_runtime.__all__) == PUBLIC_NAMES


def test_every_public_name_is_there() -> None:
    assert all(hasattr(naftiko_runtime, name) for name in naftiko_runtime.__all__)
    assert dir(naftiko_runtime) == PUBLIC_NAMES


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'runtime_of_nothing'"):
        _ = naftiko_runtime.runtime_of_nothing  # type: ignore[attr-defined]


def test_everything_public_says_what_it_is() -> None:
    classes = [getattr(naftiko_runtime, name) for name in naftiko_runtime.__all__ if name != "__version__"]
    assert [item.__name__ for item in classes if not item.__doc__] == []


def loaded_by(statement: str, *modules: str) -> list[str]:
    """Which of these modules a fresh interpreter has loaded after a statement."""
    script = f"import sys; {statement}; print(*[name for name in {modules!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    return told.stdout.split()


def test_importing_starts_nothing() -> None:
    """No server, client, event loop or protocol library is loaded by the import alone."""
    heavy = ("uvicorn", "httpx", "pyreqwest", "mcp", "starlette", "asyncio", "jsonschema_rs", "yaml", "orjson")
    assert loaded_by("import naftiko_runtime", *heavy) == []


def test_a_runtime_is_there_without_a_server_or_the_mcp_sdk() -> None:
    heavy = ("uvicorn", "uvloop", "httpx", "mcp", "starlette.applications", "fastapi", "jsonschema", "pytest")
    assert loaded_by("from naftiko_runtime import Runtime, load, Limits, ToolDefinition", *heavy) == []


def test_importing_reads_no_environment() -> None:
    """Libraries may look at theirs; no module of ours does, before a runtime is made."""
    script = """
import collections.abc, os, sys
class Watched(collections.abc.MutableMapping):
    def __init__(self, values): self.values, self.askers = values, []
    def __getitem__(self, key):
        frame = sys._getframe(1)
        while "_collections_abc" in frame.f_code.co_filename:
            frame = frame.f_back
        self.askers.append(frame.f_code.co_filename)
        return self.values[key]
    def __iter__(self): return iter(list(self.values))
    def __len__(self): return len(self.values)
    def __setitem__(self, key, value): self.values[key] = value
    def __delitem__(self, key): del self.values[key]
os.environ = watched = Watched(dict(os.environ))
def ours(): return [name for name in watched.askers if "naftiko_runtime" in name]
from naftiko_runtime import Limits, Runtime, ToolDefinition, load
print(len(ours()))
Runtime("specs/demo.naftiko.yaml")
print(len(ours()) > 0)
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30, cwd=ROOT
    )
    assert told.stdout.split() == ["0", "True"]
