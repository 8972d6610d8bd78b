"""Can a path in a file, with an upstream's document, take the process? (field-study E8, E4)

What a document does not bound is refused when the file is read; what is run takes work in proportion to the document,
however deep it is, and nothing is evaluated as code.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from naftiko_runtime.plan.jsonpath.path import MISSING, compile_path
from naftiko_runtime.plan.jsonpath.query import JsonPathError


@pytest.mark.parametrize(
    "path",
    [
        "$..*..*..*",
        "$..a..b",
        "$.a..b[?(@.x)]..c",
        "$.a[?(@.x =~ '(a+)+$')]",
        "$.a[?(@..x)]",
        "$.a[?(@.x[*])]",
        "$.a[?(@.x[?(@.y)])]",
        "$.a[?(@.x[0,1])]",
        "$.a[?(@['x','y'] == 1)]",
        "$.a[?(@.* == 1)]",
        "$.a[?($.x == 1)]",
        "$.a[?($..x == @.y)]",
        "$.a[?(@.x == $.y)]",
        "$.a[?(1 == @.x)]",
        "$.a[?(@.x + 1 == 2)]",
        "$.a[(@.length-1)]",
        "$.a[(__import__('os').system('true'))]",
        "$.a[::0]",
        "$.a + $.b",
        "$.a * 1000000000",
        "$.a + 1",
        "$.a - 1",
        "$.a[/x]",
        "$.a[\\x]",
        "$.a.`sorted`",
        "$.a.`len`",
        "$.a.`parent`",
        "$.a.`sub(/(a+)+$/, b)`",
        "$.a.`split(x, 0, -1)`",
        "$.(a | b)",
        "$.(a where b)",
        "$.@.x",
        "$" + ".a" * 600,
        "$" + "[0]" * 400,
        "$." + "a" * 1_000_000,
    ],
)
def test_a_path_that_no_document_bounds_is_refused_at_load(path):
    with pytest.raises(JsonPathError) as error:
        compile_path(path)
    assert error.value.is_refused
    assert len(str(error.value)) < 150


def wide(size: int) -> dict[str, Any]:
    return {"a": [{"x": index, "y": [index]} for index in range(size)]}


def deep(levels: int) -> Any:
    document: Any = 1
    for _ in range(levels):
        document = {"a": [document]}
    return document


@pytest.mark.parametrize(
    "path",
    [
        "$..*",
        "$..x",
        "$..[?(@.x)]",
        "$.a[*].y[*]",
        "$.a[0:99999999999999999999].x",
        "$.a[-99999999999999999999:99999999999999999999:1]",
        "$.a[?(@.x > 5 || @.y[0] == 1)]",
        "$.a[*][*][*][*]",
        "$..*[*][*]",
    ],
)
def test_work_is_in_proportion_to_the_document(path):
    select = compile_path(path)
    start = time.process_time()
    select(wide(20_000))
    assert time.process_time() - start < 2


@pytest.mark.parametrize("step", ["[0,-1]", "[0,0]", "[-1,0,-1]", "[0:1]", "[*]"])
def test_steps_that_name_a_node_twice_find_it_once(step):
    document: Any = "leaf"
    for _ in range(100):
        document = [document]
    assert compile_path("$" + step * 100)(document) == ["leaf"]


def test_names_that_repeat_find_a_member_once():
    document: Any = "leaf"
    for _ in range(60):
        document = {"a": document}
    assert compile_path("$" + "['a','a']" * 60)(document) == ["leaf"]


@pytest.mark.parametrize(("path", "count"), [("$..a", 100_000), ("$..*", 200_000), ("$..[?(@.a)]", 99_999)])
def test_a_document_of_any_depth_is_searched(path, count):
    assert len(compile_path(path)(deep(100_000))) == count


@pytest.mark.parametrize(
    "path", ["$.a", "$[0]", "$.a[*]", "$..a", "$[0:1]", "$[?(@.a == 1)]", "$.a.length()", "$['a','b']"]
)
@pytest.mark.parametrize(
    "document", [None, True, 0, 1.5, "text", [], {}, [[]], [{}], {"a": None}, {"a": 1}, [1, "a", None]]
)
def test_every_path_has_a_result_for_every_document(path, document):
    found = compile_path(path)(document)
    assert found is MISSING or found is None or isinstance(found, list | dict | int | str)


@pytest.mark.parametrize("path", ["$.a.sum()", "$.a.avg()", "$.a.min()", "$.a.max()"])
@pytest.mark.parametrize("numbers", [[10**400], [10**400, 0.5], [1e308, 1e308, 1e308], [1, "a", None, True]])
def test_a_function_of_numbers_gives_a_number_json_has_or_null(path, numbers):
    found = compile_path(path)({"a": numbers})
    assert found is None or abs(found) < 10**401
