"""What becomes of an answer that is bytes? They pass as they are, up to a number, with a media type (language §4.8).

The called operation says both first, then whoever exposes it; what nobody says is the upstream's own media type, and
10 MiB.
"""

from __future__ import annotations

import re

from naftiko_runtime.plan.model.call import BinaryAnswer
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.text.values import MEDIA_TYPE
from naftiko_runtime.spec.model.capability import Binary
from naftiko_runtime.spec.text.document import Pointer

_SIZE = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(B|KiB|MiB|GiB)?\s*\Z")
_UNITS = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def binary_answer(written: Binary, before: BinaryAnswer, findings: Findings) -> BinaryAnswer:
    """What `before` leaves open, as `written` says it. Reports a size or a media type that is none (NK2004)."""
    limit = before.limit
    if limit is None and written.size is not None:
        limit = parse_size(written.size)
        if limit is None:
            help_text = "write a number with B, KiB, MiB or GiB, such as 10MiB"
            _refuse(f"`{written.size}` is no size", written.size_at, help_text, findings)
    media_type = before.media_type or written.media_type
    if media_type and not before.media_type and not MEDIA_TYPE.match(media_type):
        _refuse(f"`{media_type}` is no media type", written.at, "write one like image/png", findings)
        media_type = ""
    return BinaryAnswer(media_type, limit)


def parse_size(size: object) -> int | None:
    """A number of bytes, perhaps with its unit; None for what is no size."""
    match = _SIZE.match(str(size)) if isinstance(size, str | int) and not isinstance(size, bool) else None
    return None if match is None else int(float(match[1]) * _UNITS[match[2]])


def _refuse(message: str, at: Pointer, help_text: str, findings: Findings) -> None:
    findings.error("NK2004", message, at, help_text)
