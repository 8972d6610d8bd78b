"""What the control adapter can have done, and by whom: the port behind which the host stands.

Every answer is a JSON value that holds no secret: names, places, numbers and texts of ours. Where several processes
share the work, each answer is for all of them, or says how many it is for.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from naftiko_runtime.engine.scripts.counts import Counts
from naftiko_runtime.engine.scripts.settings import Change, Settings

Json = Any
"""A JSON value."""


class Phase(StrEnum):
    """What a process is doing."""

    STARTING = "starting"
    SERVING = "serving"
    STOPPING = "stopping"


class Readiness(NamedTuple):
    """Whether requests are welcome. `adapters` are those that accept; `refused` the files that are not served as their
    text is now, each with its state (`last-good` or `refused`) and the diagnostics that say why.
    """

    phase: Phase
    adapters: list[Json]
    refused: list[Json]


class ScriptRuns(NamedTuple):
    """How scripts run, and how often they did. `workers` says how many processes the counts are of, where there are
    several.
    """

    settings: Settings
    counts: Counts
    workers: dict[str, Json]


class TooManyError(Exception):
    """As many follow the log as may."""


class Lines(Protocol):
    """Lines of the log as they come, each a JSON text with a line break. Waiting for one may be cancelled."""

    async def __anext__(self) -> bytes: ...

    def close(self) -> None:
        """Follow no more."""
        ...


class Operator(Protocol):
    """Runs the process that the control adapter is for."""

    def readiness(self) -> Readiness:
        """Whether requests are welcome. Must be quick, whatever else goes on."""
        ...

    async def status(self) -> Json:
        """What runs here, since when, and how it is."""
        ...

    async def config(self) -> Json:
        """What is served, by its names."""
        ...

    async def reload(self) -> Json:
        """Look at all files now, as SIGHUP does; what is different, and what is wrong."""
        ...

    async def validate(self, text: str, *, strict: bool) -> Json:
        """The diagnostics of a capability's text. No variable is read for them, and no other file."""
        ...

    async def metrics(self) -> str:
        """All numbers, in the Prometheus text format."""
        ...

    async def traces(self) -> Json:
        """The traces that are kept, newest first, with their spans."""
        ...

    async def logs(self) -> Json:
        """The level of the log, and its last lines."""
        ...

    async def set_level(self, level: str) -> None:
        """Have the log tell events of this level and above. Raises ValueError for a level there is not."""
        ...

    async def scripts(self) -> ScriptRuns:
        """How scripts run, and how often they did."""
        ...

    def set_scripts(self, change: Change) -> None:
        """Have scripts, of every process, run so from now on."""
        ...

    async def follow(self, most: int) -> Lines:
        """The lines of the log from now on. Raises TooManyError where `most` follow it already."""
        ...

    def end_streams(self) -> None:
        """End what callers follow, so that connections may close."""
        ...
