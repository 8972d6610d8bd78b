from __future__ import annotations

import pytest

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.plan.compile import Compilation, compile_plan
from naftiko_runtime.plan.model.call import BinaryAnswer, Call
from naftiko_runtime.plan.model.function import Function
from naftiko_runtime.plan.outputs.binary import parse_size
from naftiko_runtime.spec.load import read_text
from tests.plan.photos import RESPONSE, text
from tests.plan.ships import marked


def compiled(source: str) -> Compilation:
    return compile_plan(read_text(source, "photos.yaml"), None)


def answers(source: str) -> list[BinaryAnswer | None]:
    """What is declared of the answers of the REST operation, the one through the flow, and the tool."""
    plan = compiled(source).plan
    assert plan is not None, compiled(source).diagnostics
    functions = [route.function for route in plan.rest[0].routes] + [plan.mcp[0].tools[0].function]
    return [_call(function).binary for function in functions]


def _call(function: Function) -> Call:
    assert isinstance(function.action, Call)
    return function.action


NOTHING = BinaryAnswer("", None)
PNG = BinaryAnswer("image/png", None)
RESPONSES = (
    ", responses: {404: {content: {image/gif: {binary: true}}}, 2XX: {content: {a/b: {}, image/png: {binary: true}}}}"
)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"raw": "json"}, [None, None, None]),
        ({}, [NOTHING, NOTHING, NOTHING]),
        ({"operation": ", outputMediaType: image/png"}, [PNG, PNG, PNG]),
        ({"operation": ", outputMediaType: image/png", "rest": RESPONSE.replace("png", "gif")}, [PNG, PNG, PNG]),
        ({"rest": RESPONSE}, [PNG, PNG, NOTHING]),
        ({"rest": RESPONSES}, [PNG, PNG, NOTHING]),
        ({"rest": ", responses: {200: {content: {a/b: {binary: false}}}}"}, [NOTHING, NOTHING, NOTHING]),
        ({"flow": ", outputMediaType: image/png"}, [NOTHING, PNG, NOTHING]),
        ({"operation": ", maxBinarySize: 5KiB", "adapter": "maxBinarySize: 1MiB"}, [BinaryAnswer("", 5120)] * 3),
        ({"adapter": "maxBinarySize: 1.5MiB"}, [BinaryAnswer("", 1572864)] * 3),
    ],
)
def test_the_operation_says_first_what_its_bytes_are(parts: dict[str, str], found: list[BinaryAnswer | None]) -> None:
    assert answers(text(**parts)) == found


@pytest.mark.parametrize(
    ("size", "count"),
    [("0", 0), (7, 7), ("10 B", 10), ("2KiB", 2048), ("0.5GiB", 2**29), ("10MB", None), ("x", None), (-1, None),
     (True, None), (None, None), ("9" * 400 + "B", None)],
)  # fmt: skip
def test_a_size_is_a_number_with_a_unit(size: object, count: int | None) -> None:
    assert parse_size(size) == count


@pytest.mark.parametrize(
    ("parts", "place", "message"),
    [
        ({"operation": ", maxBinarySize: 10MB"}, "10MB", "`10MB` is no size"),
        ({"adapter": "maxBinarySize: lots"}, "lots", "`lots` is no size"),
        ({"operation": ", outputMediaType: png"}, "png", "`png` is no media type"),
        ({"operation": ', outputMediaType: "a/b\\r\\nx: y"'}, '"a/b\\r\\nx: y"', "`a/b\r\nx: y` is no media type"),
    ],
)
def test_what_is_no_size_or_media_type_is_told_where_it_stands(parts: dict[str, str], place: str, message: str) -> None:
    source = text(**parts)
    errors: list[Diagnostic] = [item for item in compiled(source).diagnostics if item.is_error]
    assert {(item.code, item.message) for item in errors} == {("NK2004", message)}
    assert marked(source, errors[0]) == place
