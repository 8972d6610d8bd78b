"""How does a test get a capability? By its file, with an environment of its own and a stub for its upstreams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from naftiko_runtime.engine.upstream.port import Limits
from naftiko_runtime.host.embedding.assembly import Source
from naftiko_runtime.host.embedding.runtime import Runtime
from naftiko_runtime.host.files.loaded import LoadedSpec, is_text
from naftiko_runtime.testing.upstream import StubUpstream

_NOTHING: Mapping[str, str] = MappingProxyType({})
_DEFAULT_LIMITS = Limits()


class CapabilityFactory:
    """Makes runtimes whose requests all go to `upstream`. In `folders` a relative path is looked for, in turn."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.upstream = StubUpstream()
        self._folders = folders

    def __call__(
        self,
        source: Source,
        *,
        env: Mapping[str, str] = _NOTHING,
        env_file: str | PathLike[str] | None = None,
        upstreams: Mapping[str, str] = _NOTHING,
        limits: Limits = _DEFAULT_LIMITS,
        strict: bool = False,
    ) -> Runtime:
        """A runtime over the stub. It sees the variables of `env` and none of this process; otherwise as `Runtime`."""
        return Runtime(
            self._located(source),
            env=env,
            env_file=env_file,
            upstreams=upstreams,
            transport=self.upstream,
            limits=limits,
            strict=strict,
        )

    def _located(self, source: Source) -> Source:
        if isinstance(source, LoadedSpec) or is_text(source):
            return source
        candidates = [folder / source for folder in self._folders]
        return next((path for path in candidates if path.exists()), Path(source))
