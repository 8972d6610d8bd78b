"""What a control adapter says, and what it means where it says nothing."""

from __future__ import annotations

import pytest

from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.model.control import ControlAdapter, LogAccess, Management, Observability, Scripting

_AT = ("capability", "exposes", 0)


def _read(keys: str) -> ControlAdapter:
    text = f"naftiko: 1.0.0-alpha2\ncapability:\n  exposes:\n    - type: control\n      port: 9100\n{keys}"
    spec = read_text(text, "harbour.yaml").spec
    assert spec is not None
    [adapter] = spec.controls
    return adapter


def test_a_bare_adapter_gives_health_and_what_is_observed() -> None:
    assert _read("") == ControlAdapter(
        address=None,
        port=9100,
        management=Management(health=True, info=False, reload=False, validate=False, logs=None, scripting=None),
        observability=Observability(
            enabled=True,
            metrics=True,
            traces=True,
            buffer_size=100,
            sampling=1.0,
            propagation="w3c",
            otlp_endpoint=None,
            at=(*_AT, "observability"),
        ),
        authentication=None,
        at=_AT,
    )


def test_everything_can_be_said_of_management() -> None:
    adapter = _read(
        "      address: '::1'\n"
        "      management:\n"
        "        {health: false, info: true, reload: true, validate: true, logs: {stream: true, max-subscribers: 2}}\n"
    )

    assert adapter.address == "::1"
    assert adapter.management == Management(
        health=False, info=True, reload=True, validate=True, logs=LogAccess(True, True, 2), scripting=None
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", LogAccess(True, True, 5)),
        ("false", None),
        ("{}", LogAccess(True, False, 5)),
        ("{level-control: false, stream: true, max-subscribers: 3}", LogAccess(False, True, 3)),
    ],
)
def test_logs_are_a_switch_or_an_object(written: str, meant: LogAccess | None) -> None:
    assert _read(f"      management: {{logs: {written}}}\n").management.logs == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{}", (None, None, None, 60_000, 100_000, None)),
        (
            "{enabled: false, defaultLocation: 'file:///scripts', defaultLanguage: python, timeout: 50,"
            " statementLimit: 7, allowedLanguages: [python]}",
            (False, "file:///scripts", "python", 50, 7, ("python",)),
        ),
    ],
)
def test_scripts_have_settings_of_their_own(written: str, meant: tuple[object, ...]) -> None:
    scripting = _read(f"      management: {{scripting: {written}}}\n").management.scripting

    assert scripting == Scripting(*meant, at=(*_AT, "management", "scripting"))  # type: ignore[arg-type]


def test_everything_can_be_said_of_what_is_observed() -> None:
    observability = _read(
        "      observability:\n"
        "        enabled: false\n"
        "        metrics: {local: {enabled: false}}\n"
        "        traces: {sampling: 0, propagation: b3, local: {enabled: false, buffer-size: 10}}\n"
        "        exporters: {otlp: {endpoint: 'http://127.0.0.1:4318'}}\n"
    ).observability

    assert observability == Observability(
        enabled=False,
        metrics=False,
        traces=False,
        buffer_size=10,
        sampling=0.0,
        propagation="b3",
        otlp_endpoint="http://127.0.0.1:4318",
        at=(*_AT, "observability"),
    )
