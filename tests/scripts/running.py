"""Scripts in tests: compiled and run as the engine runs them, in real processes."""

from __future__ import annotations

from typing import Any

from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.scripts.model import Limits, Source
from naftiko_runtime.scripts.syntax import compile_script

QUICK = Limits(seconds=1.0, statements=10**9, memory=32 * 1024 * 1024)


async def run(
    sandbox: Sandbox,
    language: str,
    text: str,
    context: dict[str, Any] | None = None,
    *,
    dependencies: tuple[str, ...] = (),
    limits: Limits = QUICK,
) -> Any:
    """What a script leaves in `result`."""
    sources = [Source(f"dependency-{number}", item) for number, item in enumerate(dependencies)]
    script = compile_script(language, Source("main", text), sources)
    return await sandbox.run(script, context or {}, limits)
