from __future__ import annotations

import dataclasses

import pytest

from tests.plan.ships import capability, plan


def test_everything_in_a_plan_is_frozen():
    made = plan(capability(path="/ships/{id}"))
    function = made.mcp[0].tools[0].function
    for value in (
        made,
        made.rest[0],
        made.rest[0].routes[0],
        made.mcp[0].tools[0],
        function,
        function.inputs[0],
        function.action,
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, "other")
