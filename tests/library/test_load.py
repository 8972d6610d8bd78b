"""What does `load` say of a capability, without serving it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime import SpecError, load
from tests.library.quays import DEMO, quays


@pytest.mark.parametrize("source", [DEMO, str(DEMO), DEMO.read_text()], ids=["path", "text of a path", "text"])
def test_a_path_and_a_text_are_read_alike(source: str | Path) -> None:
    spec = load(source)
    assert (spec.is_servable, spec.diagnostics) == (True, ())
    spec.raise_for_errors()


def test_a_text_in_braces_needs_no_line_break() -> None:
    assert [item.code for item in load('{"naftiko": 1.0.0-alpha2}').diagnostics] == ["NK2002"]


def test_an_unset_variable_is_no_error_yet() -> None:
    assert load(quays()).is_servable


def test_a_bad_capability_is_told_and_not_raised() -> None:
    spec = load(quays().replace("call: quays.list-quays", "call: quays.list-quais"))
    (problem,) = [item for item in spec.diagnostics if item.is_error]
    assert (spec.is_servable, problem.code) == (False, "NK3001")
    assert problem.place == "<text>:44:47"


def test_a_bad_capability_raises_when_asked_with_every_diagnostic() -> None:
    spec = load(quays().replace("call: quays.", "call: quais."))
    with pytest.raises(SpecError) as caught:
        spec.raise_for_errors()
    assert caught.value.diagnostics == spec.diagnostics
    assert [item.code for item in spec.diagnostics if item.is_error] == ["NK3002"] * 4


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_cannot_be_read_is_a_diagnostic(tmp_path: Path, name: str) -> None:
    assert [item.code for item in load(tmp_path / name).diagnostics] == ["NK1001"]


def test_strict_makes_errors_of_what_the_official_schema_refuses() -> None:
    lax, strict = load(quays()), load(quays(), strict=True)
    assert (lax.is_servable, strict.is_servable) == (True, False)


def test_showing_one_does_not_show_its_text() -> None:
    assert "info" not in repr(load(quays()))
