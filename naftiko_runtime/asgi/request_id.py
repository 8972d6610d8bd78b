"""What is a request called, in its answer and in the logs?"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
"""A caller's own `x-request-id` is taken over when all of it has this form; anything else could forge a log line."""


def new_request_id() -> str:
    """64 random bits in hexadecimal: unique among forked workers too, and nothing a caller could foresee."""
    return os.urandom(8).hex()


def request_id_of(scope: Scope) -> str:
    """What a request is called: as its caller says, where that has the form, else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            found: str = value.decode()
            return found
    return new_request_id()
