"""Which settings of scripts does the control adapter tell, and which can be changed (language §7.2)?

Scripts are found, compiled and allowed when a file is loaded, so most of its settings can't change while it runs; what
can is whether scripts run at all, for how long, and for how many statements. No change allows more than the start did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from naftiko_runtime.control.operator import Json, ScriptRuns
from naftiko_runtime.engine.scripts.settings import Change
from naftiko_runtime.spec.model.control import DEFAULT_STATEMENT_LIMIT, DEFAULT_TIMEOUT_MILLISECONDS, Scripting

_FIXED = ("defaultLocation", "defaultLanguage", "allowedLanguages")
_CHANGEABLE = ("enabled", "timeout", "statementLimit")
_REFUSED = (
    "`enabled`: the start did not allow scripts, so they can't be turned on: start with `--allow-scripts`, or write"
    " `enabled: true` in the file."
)


def scripting_of(own: Sequence[Scripting], runs: ScriptRuns) -> Json:
    """The settings as they hold now, as a JSON value. Of several control adapters, `own`, the first one's are told."""
    first, counts = own[0], runs.counts
    average = counts.seconds * 1000 / counts.executions if counts.executions else 0.0
    stats: dict[str, Any] = {
        "totalExecutions": counts.executions,
        "totalErrors": counts.errors,
        "averageDurationMs": round(average, 3),
    }
    if counts.last:
        stats["lastExecutionAt"] = _iso(counts.last)
    return {
        "enabled": runs.settings.enabled and _may_run(own),
        "timeout": runs.settings.milliseconds or first.timeout,
        "statementLimit": runs.settings.statements or first.statement_limit,
        "defaultLocation": first.default_location,
        "defaultLanguage": first.default_language,
        "allowedLanguages": first.allowed_languages,
        "stats": stats,
        **runs.workers,
    }


def read_change(own: Sequence[Scripting], document: Mapping[str, Json]) -> Change:
    """What a caller wants changed. Raises ValueError, whose text names the key, for all that can't be."""
    for key in document:
        if key in _FIXED:
            raise ValueError(
                f"`{key}` is settled when a file is loaded: change it in the file's `management.scripting`."
            )
        if key not in _CHANGEABLE:
            raise ValueError(
                f"`{key}` is no setting that can be changed: `enabled`, `timeout` and `statementLimit` are."
            )
    enabled = document.get("enabled")
    if "enabled" in document and not isinstance(enabled, bool):
        raise ValueError("`enabled`: write true or false.")
    if enabled and not _may_run(own):
        raise ValueError(_REFUSED)
    longest = max(DEFAULT_TIMEOUT_MILLISECONDS, *(item.timeout for item in own))
    most = max(DEFAULT_STATEMENT_LIMIT, *(item.statement_limit for item in own))
    return Change(
        enabled,
        _number(document, "timeout", "milliseconds", longest),
        _number(document, "statementLimit", "statements", most),
    )


def _number(document: Mapping[str, Json], key: str, of: str, most: int) -> int | None:
    value = document.get(key)
    if key in document and (type(value) is not int or not 1 <= value <= most):
        raise ValueError(f"`{key}`: write {of}, a whole number from 1 to {most}.")
    return value


def _may_run(own: Sequence[Scripting]) -> bool:
    return any(item.enabled for item in own)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
