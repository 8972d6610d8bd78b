from __future__ import annotations

import pytest

from naftiko_runtime.plan.model.call import Call
from tests.plan.ships import CALL, capability, only_error, tool


def shaped(xml: str, outputs: str, consumed: str = "") -> object:
    """What a tool with these outputs makes of an XML answer."""
    operation = f"outputRawFormat: xml{', outputParameters: ' + consumed if consumed else ''}"
    action = tool(capability(operation, tool=f"{CALL}, outputParameters: {outputs}")).action
    assert isinstance(action, Call)
    assert action.shape is not None
    assert action.decode is not None
    return action.shape(action.decode(xml.encode(), "text/xml"), {})


SHIPS = "items: {type: object, properties: {id: {type: number, mapping: $.id}}}"
ONE = "<fleet><ship><id>1</id></ship></fleet>"
TWO = "<fleet><ship><id>1</id></ship><ship><id>2</id></ship></fleet>"


@pytest.mark.parametrize("path", ["$.ship", "$.fleet.ship", "$.fleet.ship[*]", "ship", "$.ship[?(@.id > '0')]"])
@pytest.mark.parametrize(("xml", "count"), [(ONE, 1), (TWO, 2)])
def test_any_number_of_elements_is_a_list(path: str, xml: str, count: int) -> None:
    outputs = f'[{{type: array, mapping: "{path}", {SHIPS}}}]'
    assert shaped(xml, outputs) == [{"id": number + 1} for number in range(count)]


@pytest.mark.parametrize(
    ("xml", "outputs", "value"),
    [
        (ONE, "[{type: object, mapping: $.}]", {"ship": {"id": "1"}}),
        (ONE, "[{type: array, mapping: $.ship}]", [{"id": "1"}]),
        (ONE, "[{type: string, mapping: '$.ship[0].id'}]", "1"),
        (ONE, "[{type: array, mapping: '$.ship[*].id'}]", ["1"]),
        (ONE, "[{type: array, mapping: '$..id'}]", ["1"]),
        (ONE, "[{type: object, properties: {ship: {type: array}}}]", {"ship": [{"id": "1"}]}),
        (ONE, "[{type: object, properties: {s: {type: array, mapping: $.ship}}}]", {"s": [{"id": "1"}]}),
        (ONE, "[{type: array, mapping: $.boat}]", None),
        ("<fleet/>", f"[{{type: array, mapping: $.fleet.ship, {SHIPS}}}]", None),
        ("<n>5</n>", "[{type: number, mapping: $.n}]", 5),
        ("<n>5</n>", "[{type: number, mapping: $}]", 5),
        ("<n>5</n>", "[{type: array, mapping: $}]", ["5"]),
        ("<a><a>1</a></a>", "[{type: string, mapping: $.a}]", "1"),
        ("<a x='1'/>", "[{name: x, type: string, mapping: $.x}, {name: y, type: string, mapping: $.a.x}]",
         {"x": "1", "y": "1"}),
        ("<a xmlns:i='i'><b i:nil='true'/></a>", "[{type: array, mapping: $.b}]", None),
    ],
)  # fmt: skip
def test_the_root_may_be_written_or_left_out(xml: str, outputs: str, value: object) -> None:
    assert shaped(xml, outputs) == value


def test_what_the_called_operation_declares_is_a_list_too() -> None:
    consumed = "[{name: ids, type: array, value: '$.ship[*].id'}]"
    assert shaped(ONE, "[{type: array, mapping: $.ids}]", consumed) == ["1"]


def test_a_path_that_is_none_is_told_once() -> None:
    text = capability("outputRawFormat: xml", tool=f"{CALL}, outputParameters: [{{type: array, mapping: $.a - b}}]")
    assert only_error(text).code == "NK5002"
