"""Reading a control adapter: what may be asked and told of a running capability, and on which address (language §7.2).

Absent keys have the values that the language gives them, so a value here always says what is meant. An adapter of this
kind has no namespace: it concerns the whole runtime, not one of its faces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from naftiko_runtime.spec.model.authentication import Authentication, read_authentication
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer

NAMESPACE = "control"
"""What addresses, overrides and challenges call an adapter that the language gives no name."""

DEFAULT_TIMEOUT_MILLISECONDS = 60_000
DEFAULT_STATEMENT_LIMIT = 100_000
DEFAULT_SUBSCRIBERS = 5
DEFAULT_TRACES = 100


@dataclass(frozen=True, slots=True)
class Scripting:
    """What is settled for all scripts of the file. `enabled` is None where the text leaves it to whoever runs it.

    `default_location` and `default_language` stand in for a step's own; `timeout` counts milliseconds;
    `allowed_languages` is None where none is singled out.
    """

    enabled: bool | None
    default_location: str | None
    default_language: str | None
    timeout: int
    statement_limit: int
    allowed_languages: tuple[str, ...] | None
    at: Pointer


@dataclass(frozen=True, slots=True)
class LogAccess:
    """What the control adapter gives of the log: `level_control` lets its level be changed, `stream` lets at most
    `max_subscribers` follow it.
    """

    level_control: bool
    stream: bool
    max_subscribers: int


@dataclass(frozen=True, slots=True)
class Management:
    """Which endpoints of the control adapter are there. `logs` and `scripting` are None where there are none."""

    health: bool
    info: bool
    reload: bool
    validate: bool
    logs: LogAccess | None
    scripting: Scripting | None


@dataclass(frozen=True, slots=True)
class Observability:
    """What is measured and traced. `metrics` and `traces` say whether the adapter shows them; `sampling` is the share
    of traces that are kept, from 0 to 1; `propagation` is w3c or b3; `otlp_endpoint` is where they are sent to, None
    for nowhere.
    """

    enabled: bool
    metrics: bool
    traces: bool
    buffer_size: int
    sampling: float
    propagation: str
    otlp_endpoint: str | None
    at: Pointer


@dataclass(frozen=True, slots=True)
class ControlAdapter:
    """A control adapter."""

    address: str | None
    port: int | None
    management: Management
    observability: Observability
    authentication: Authentication | None
    at: Pointer

    @property
    def namespace(self) -> str:
        """What it goes by, being nameless."""
        return NAMESPACE


def read_control_adapter(fields: Fields) -> ControlAdapter:
    """A control adapter."""
    return ControlAdapter(
        address=fields.optional_text("address"),
        port=fields.integer("port"),
        management=_read_management(fields.mapping("management")),
        observability=_read_observability(fields.mapping("observability")),
        authentication=read_authentication(fields),
        at=fields.at,
    )


def scripting_of(controls: Iterable[ControlAdapter]) -> Scripting | None:
    """The settings of all scripts of a file: those of the first control adapter that has some (language §1)."""
    return next((item.management.scripting for item in controls if item.management.scripting is not None), None)


def _read_management(fields: Fields) -> Management:
    return Management(
        health=_switch(fields, "health", default=True),
        info=_switch(fields, "info", default=False),
        reload=_switch(fields, "reload", default=False),
        validate=_switch(fields, "validate", default=False),
        logs=_read_logs(fields),
        scripting=_read_scripting(fields.mapping("scripting")) if "scripting" in fields else None,
    )


def _read_logs(fields: Fields) -> LogAccess | None:
    if isinstance(fields.values.get("logs"), dict):
        logs = fields.mapping("logs")
        subscribers = logs.integer("max-subscribers") or DEFAULT_SUBSCRIBERS
        return LogAccess(
            _switch(logs, "level-control", default=True), _switch(logs, "stream", default=False), subscribers
        )
    return LogAccess(True, True, DEFAULT_SUBSCRIBERS) if fields.boolean("logs") else None


def _read_scripting(fields: Fields) -> Scripting:
    location = fields.optional_text("defaultLocation")
    is_limited = isinstance(fields.values.get("allowedLanguages"), list)
    return Scripting(
        enabled=fields.boolean("enabled"),
        default_location=None if location is None else fields.material.from_root(location),
        default_language=fields.optional_text("defaultLanguage"),
        timeout=fields.integer("timeout") or DEFAULT_TIMEOUT_MILLISECONDS,
        statement_limit=fields.integer("statementLimit") or DEFAULT_STATEMENT_LIMIT,
        allowed_languages=fields.texts("allowedLanguages") if is_limited else None,
        at=fields.at,
    )


def _read_observability(fields: Fields) -> Observability:
    traces = fields.mapping("traces")
    local = traces.mapping("local")
    sampling = traces.values.get("sampling")
    return Observability(
        enabled=_switch(fields, "enabled", default=True),
        metrics=_switch(fields.mapping("metrics").mapping("local"), "enabled", default=True),
        traces=_switch(local, "enabled", default=True),
        buffer_size=local.integer("buffer-size") or DEFAULT_TRACES,
        sampling=float(sampling) if isinstance(sampling, int | float) else 1.0,
        propagation=traces.text("propagation") or "w3c",
        otlp_endpoint=fields.mapping("exporters").mapping("otlp").optional_text("endpoint"),
        at=fields.at,
    )


def _switch(fields: Fields, key: str, *, default: bool) -> bool:
    value = fields.boolean(key)
    return default if value is None else value
