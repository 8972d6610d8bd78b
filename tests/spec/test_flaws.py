from __future__ import annotations

from typing import Any

import pytest

from naftiko_runtime.spec.schema.flaws import flaws, is_error
from naftiko_runtime.spec.schema.violation import Violation

ROOT: dict[str, Any] = {
    "naftiko": "1.0.0-alpha2",
    "capability": {
        "consumes": [{"namespace": "a", "bseUri": "x", "authentication": {"type": "bearer"}, "resources": []}],
        "exposes": [{"port": "x", "tools": [{"name": 5, "cal": "a.b"}]}],
    },
}
API = ("capability", "consumes", 0)
ADAPTER = ("capability", "exposes", 0)
TOOL = (*ADAPTER, "tools", 0)


def violation(kind: str, *pointer: str | int, near: str | None = None, missing: tuple[str, ...] = ()) -> Violation:
    return Violation(kind, pointer, "m", "h", near, missing)


@pytest.mark.parametrize(
    ("found", "flawed"),
    [
        (violation("type", *TOOL, "name"), (TOOL,)),
        (violation("unknown-key", *TOOL, "cal", near="call"), (TOOL,)),
        (violation("missing-key", *TOOL, missing=("description",)), (TOOL,)),
        (violation("missing-key", *API, "authentication", missing=("token",)), ((*API, "authentication"),)),
        (violation("type", *TOOL), ((*ADAPTER, "tools"),)),
        (violation("type", *ADAPTER, "tools"), (ADAPTER,)),
        (violation("type", "capability"), ((),)),
    ],
)
def test_an_object_without_others_in_it_is_flawed_as_a_whole(found: Violation, flawed: tuple[object, ...]) -> None:
    assert flaws(ROOT, found, strict=False) == flawed


@pytest.mark.parametrize(
    ("found", "flawed"),
    [
        (violation("value", *ADAPTER, "port"), ((*ADAPTER, "port"),)),
        (violation("unknown-key", *API, "bseUri", near="baseUri"), ((*API, "bseUri"), (*API, "baseUri"))),
        (violation("missing-key", *API, missing=("type",)), ((*API, "type"),)),
        (
            violation("missing-key", *ADAPTER, missing=("port", "transport")),
            ((*ADAPTER, "port"), (*ADAPTER, "transport")),
        ),
        (violation("type", "info"), (("info",),)),
    ],
)
def test_an_object_that_holds_others_is_flawed_at_that_key_alone(found: Violation, flawed: tuple[object, ...]) -> None:
    assert flaws(ROOT, found, strict=False) == flawed


def test_a_key_that_is_only_unknown_flaws_nothing_unless_strict() -> None:
    unknown = violation("unknown-key", *TOOL, "cal")

    assert flaws(ROOT, unknown, strict=False) == ()
    assert flaws(ROOT, unknown, strict=True) == (TOOL,)


@pytest.mark.parametrize(
    ("found", "strict", "error"),
    [
        (violation("unknown-key", "x"), False, False),
        (violation("unknown-key", "x"), True, True),
        (violation("unknown-key", "x", near="y"), False, True),
        (violation("missing-key", missing=("x",)), False, True),
        (violation("type", "x"), False, True),
    ],
)
def test_only_a_key_far_from_any_other_is_no_error(found: Violation, strict: bool, error: bool) -> None:
    assert is_error(found, strict=strict) == error
