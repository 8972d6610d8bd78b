"""What may several adapters show together: on one page, or as one MCP server?

Together they must not be easier to reach than each of them is alone. So what is shown together is asked for like each
of its parts: all adapters where they ask the same of their callers, else those that ask nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from naftiko_runtime.plan.model.policy import Access


class Guarded(Protocol):
    """An adapter's face."""

    @property
    def access(self) -> Access | None:
        """Who may call, None for everybody."""
        ...


Face = TypeVar("Face", bound=Guarded)


def shown_together(faces: Sequence[Face]) -> list[Face]:
    """Those of several faces that may be shown together, in their order."""
    if all(face.access == faces[0].access for face in faces):
        return list(faces)
    return [face for face in faces if face.access is None]
