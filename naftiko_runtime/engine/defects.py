"""What is told of a mistake of our own? Its kind and its place: an exception's text may hold what somebody sent."""

from __future__ import annotations

import logging
import os.path
import traceback

_LOGGER = logging.getLogger(__name__)


def defect_of(error: Exception) -> str:
    """The kind of an exception, and where it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {os.path.basename(frame.filename)}:{frame.lineno}"


def log_defect(what: str, error: Exception) -> None:
    """Tell the log what went wrong, of which a caller is told nothing; all of it to whoever debugs."""
    _LOGGER.error("internal error [NK8014] in %s: %s", what, defect_of(error))
    _LOGGER.debug("in %s", what, exc_info=error)
