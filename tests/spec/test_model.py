from __future__ import annotations

import dataclasses

import pytest

from naftiko_runtime.spec.load import read_text
from naftiko_runtime.spec.model import capability as model

VALUES = [value for value in vars(model).values() if isinstance(value, type) and value.__module__ == model.__name__]


@pytest.mark.parametrize("value", VALUES)
def test_every_value_is_frozen_and_has_no_room_for_more(value: type) -> None:
    assert dataclasses.is_dataclass(value)
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]  # not in the types, but in every dataclass
    assert "__slots__" in vars(value)


def test_a_spec_cant_be_changed_once_it_is_read() -> None:
    spec = read_text("naftiko: 1.0.0-alpha2\ncapability: {consumes: []}", "x.yaml").spec

    assert spec is not None
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.file = "other"  # type: ignore[misc]  # the point of the test
