"""Which capability files are measured, and which of their operations?

Two shapes: one whose list operation takes optional query values, and one of twelve operations whose list operation
takes nothing. Our own files of these shapes are always there; the files the project was founded on are measured instead
where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FIXTURES = ROOT / "tests" / "fixtures"
_SEEDS = ROOT.parent / "shared" / "seeds"

CREDENTIAL = "not-a-secret"
"""What the variables of every file are set to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One capability file. `variable` is the one its binds declare; `listing` is the path of its list operation.

    `consumed` is the upstream path of that operation below the base address; `detail` is a path with one path value and
    two query values, empty where the file has no such operation. The adapters are named after the consumed namespace.
    """

    file: Path
    namespace: str
    variable: str
    listing: str
    consumed: str
    tool: str
    detail: str = ""

    @property
    def rest(self) -> str:
        """The namespace of its REST adapter."""
        return f"{self.namespace}-rest"

    @property
    def mcp(self) -> str:
        """The namespace of its MCP adapter."""
        return f"{self.namespace}-mcp"


@dataclass(frozen=True, slots=True)
class Subjects:
    """What one run measures: `plain` has twelve operations and lists without inputs, `paged` has a `detail`."""

    plain: Subject
    paged: Subject


_OWN = Subjects(
    plain=Subject(
        file=_FIXTURES / "library-loans.yaml",
        namespace="library-loans",
        variable="LIBRARY_API_KEY",
        listing="/v1/loans",
        consumed="/loans",
        tool="list-all-loans",
    ),
    paged=Subject(
        file=_FIXTURES / "shipyard-docks.yaml",
        namespace="shipyard-docks",
        variable="SHIPYARD_API_KEY",
        listing="/v1/dry-docks",
        consumed="/dry_docks",
        tool="find-dry-docks",
        detail="/v1/dry-docks/dock-7/bookings?cursor=x&page_size=5",
    ),
)

_FOUNDING = Subjects(
    plain=Subject(
        file=Path("together-ai-fine-tuning.yaml"),
        namespace="together-ai-fine-tuning",
        variable="TOGETHER_AI_API_KEY",
        listing="/v1/fine-tunes",
        consumed="/fine-tunes",
        tool="list-all-jobs",
    ),
    paged=Subject(
        file=Path("portkey-fine-tuning.yaml"),
        namespace="portkey-fine-tuning",
        variable="PORTKEY_API_KEY",
        listing="/v1/fine-tuning/jobs",
        consumed="/fine_tuning/jobs",
        tool="list-your-organization-s-fine-tuning",
        detail="/v1/fine-tuning/jobs/job-7/checkpoints?after=x&limit=5",
    ),
)


def subjects_in(seeds: Path | None) -> Subjects:
    """The founding files in a folder, or in the one beside this checkout; our own files where there is neither.

    Raises FileNotFoundError for a folder that was named and lacks them.
    """
    folder = seeds or _SEEDS
    found = Subjects(
        plain=replace(_FOUNDING.plain, file=folder / _FOUNDING.plain.file),
        paged=replace(_FOUNDING.paged, file=folder / _FOUNDING.paged.file),
    )
    missing = [subject.file for subject in (found.plain, found.paged) if not subject.file.is_file()]
    if not missing:
        return found
    if seeds is not None:
        raise FileNotFoundError(f"{missing[0]} does not exist")
    return _OWN
