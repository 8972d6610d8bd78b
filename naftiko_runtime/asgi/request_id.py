"""What is a request called, in its answer and in the logs?"""

from __future__ import annotations

import os
import re

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
"""A caller's own `x-request-id` is taken over when all of it has this form; anything else could forge a log line."""


def new_request_id() -> str:
    """64 random bits in hexadecimal: unique among forked workers too, and nothing a caller could foresee."""
    return os.urandom(8).hex()
