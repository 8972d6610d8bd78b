"""Finding the inputs of a function in a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from naftiko_runtime.errors import FieldError
from naftiko_runtime.plan.model.call import Place
from naftiko_runtime.rest.arguments import ABSENT, ArgumentReader, Reading
from tests.rest.plans import echo_function, input_at

LIST = {"type": "array"}
NULLABLE_LIST = {"type": ["null", "array"]}


def read(
    *inputs: Any,
    placeholders: tuple[str, ...] = (),
    values: tuple[str, ...] = (),
    headers: list[tuple[bytes, bytes]] | None = None,
    query: bytes = b"",
    document: object = ABSENT,
) -> Reading:
    return ArgumentReader(inputs, placeholders).read(values, headers or [], query, document)


def test_path_values_go_to_the_inputs_that_are_keyed_by_their_placeholders() -> None:
    job = input_at(Place.PATH, "job", key="job-id")
    reading = read(job, placeholders=("team", "job-id"), values=("red", "5/é"))

    assert reading == ({"job": "5/é"}, [])


@pytest.mark.parametrize("value", ["\udcff", "a\x00", "a\r\nb"])
def test_a_path_value_that_is_no_text_is_refused_even_where_nobody_wants_it(value: str) -> None:
    reading = read(placeholders=("id",), values=(value,))

    assert [field for field, _ in reading.problems] == ["id"]


@pytest.mark.parametrize(
    ("schema", "query", "value"),
    [
        ({"type": "string"}, b"x=1", "1"),
        ({"type": "integer"}, b"x=1", "1"),
        ({}, b"x=[1]", "[1]"),
        (LIST, b"x=1", ["1"]),
        (LIST, b"x=1&x=2", ["1", "2"]),
        (LIST, b"x=1,2", ["1,2"]),
        (NULLABLE_LIST, b"x=1", ["1"]),
        (LIST, b"x=[1,2]", "[1,2]"),
        (LIST, b"x=[draft", ["[draft"]),
        (LIST, b"x=[1]&x=[2]", ["[1]", "[2]"]),
    ],
)
def test_a_query_value_is_left_to_admission(schema: dict[str, Any], query: bytes, value: object) -> None:
    assert read(input_at(Place.QUERY, "x", schema=schema), query=query) == ({"x": value}, [])


def test_a_query_key_may_differ_from_the_name() -> None:
    assert read(input_at(Place.QUERY, "pageSize", key="page-size"), query=b"page-size=5&pageSize=6") == (
        {"pageSize": "5"},
        [],
    )


@pytest.mark.parametrize("query", [b"", b"y=1", b"X=1"])
def test_an_absent_input_has_no_key(query: bytes) -> None:
    assert read(input_at(Place.QUERY, "x"), query=query) == ({}, [])


@pytest.mark.parametrize(
    ("query", "problem"),
    [(b"x=1&x=2", "is given twice; give it once"), (b"x=%ff", "is not percent-encoded UTF-8")],
)
def test_a_query_value_that_has_two_readings_is_refused(query: bytes, problem: str) -> None:
    assert read(input_at(Place.QUERY, "x"), query=query) == ({}, [FieldError("x", problem)])


def test_a_repeated_key_is_a_list_where_nobody_says_what_it_is() -> None:
    untyped = replace(input_at(Place.QUERY, "x"), schema={})

    assert read(untyped, query=b"x=1&x=2") == ({"x": ["1", "2"]}, [])
    assert read(untyped, query=b"x=1") == ({"x": "1"}, [])


HEADER = input_at(Place.HEADER, "tenant", key="x-tenant")


@pytest.mark.parametrize(
    ("headers", "query", "value"),
    [
        ([(b"x-tenant", b"blue")], b"", "blue"),
        ([(b"x-other", b"red"), (b"x-tenant", b" blue\t")], b"", "blue"),
        ([(b"x-tenant", "blå".encode())], b"", "blå"),
        ([(b"x-tenant", b"blue")], b"tenant=red", "blue"),
        ([], b"tenant=red", "red"),
        ([], b"x-tenant=red", "red"),
    ],
)
def test_a_header_is_read_from_headers_first_and_else_from_the_query(
    headers: list[tuple[bytes, bytes]], query: bytes, value: str
) -> None:
    assert read(HEADER, headers=headers, query=query) == ({"tenant": value}, [])


def test_a_header_input_is_found_whatever_the_case_of_its_key() -> None:
    reading = read(input_at(Place.HEADER, "tenant", key="X-Tenant"), headers=[(b"x-tenant", b"blue")])

    assert reading == ({"tenant": "blue"}, [])


def test_a_header_of_a_list_is_one_element() -> None:
    tags = input_at(Place.HEADER, "tags", key="x-tags", schema=LIST)

    assert read(tags, headers=[(b"x-tags", b"a")]) == ({"tags": ["a"]}, [])


@pytest.mark.parametrize(
    ("headers", "query", "field", "problem"),
    [
        ([(b"x-tenant", b"a"), (b"x-tenant", b"b")], b"", "x-tenant", "is given twice; give it once"),
        ([(b"x-tenant", b"a"), (b"x-tenant", b"a")], b"", "x-tenant", "is given twice; give it once"),
        ([(b"x-tenant", b"\xff")], b"", "x-tenant", "is not UTF-8"),
        ([], b"tenant=a&tenant=b", "tenant", "is given twice; give it once"),
    ],
)
def test_a_header_that_has_two_readings_is_refused(
    headers: list[tuple[bytes, bytes]], query: bytes, field: str, problem: str
) -> None:
    assert read(HEADER, headers=headers, query=query) == ({}, [FieldError(field, problem)])


@pytest.mark.parametrize(
    ("headers", "arguments", "problems"),
    [
        ([(b"cookie", b"a=1; session=x%20y=z; b=2")], {"session": "x%20y=z"}, []),
        ([(b"cookie", b"a=1"), (b"host", b"here"), (b"cookie", b"session=2")], {"session": "2"}, []),
        ([(b"cookie", b"session")], {}, []),
        ([(b"cookie", b"\xff=1; Session=2")], {}, []),
        ([(b"host", b"here")], {}, []),
        ([(b"cookie", b"session=1; session=2")], {}, [("session", "is given twice; give it once")]),
        ([(b"cookie", b"session=\xff")], {}, [("session", "is not UTF-8")]),
    ],
)
def test_a_cookie_is_read_as_it_is(
    headers: list[tuple[bytes, bytes]], arguments: dict[str, object], problems: list[tuple[str, str]]
) -> None:
    assert read(input_at(Place.COOKIE, "session"), headers=headers) == (arguments, problems)


FIELDS = (input_at(Place.BODY, "model"), input_at(Place.BODY, "trainingFile", key="training_file"))
DOCUMENT = input_at(Place.DOCUMENT, "body")


@pytest.mark.parametrize(
    ("inputs", "document", "arguments"),
    [
        (FIELDS, {"model": "m", "training_file": None}, {"model": "m", "trainingFile": None}),
        (FIELDS, {}, {}),
        (FIELDS, ABSENT, {}),
        ((DOCUMENT,), {"any": 1}, {"body": {"any": 1}}),
        ((DOCUMENT,), [1], {"body": [1]}),
        ((DOCUMENT,), None, {"body": None}),
        ((DOCUMENT, *FIELDS), {"model": "m", "more": 1}, {"body": {"model": "m", "more": 1}, "model": "m"}),
        ((DOCUMENT, *FIELDS), [1], {"body": [1]}),
    ],
)
def test_a_document_is_taken_whole_or_by_its_fields(
    inputs: tuple[Any, ...], document: object, arguments: dict[str, object]
) -> None:
    assert read(*inputs, document=document) == (arguments, [])


@pytest.mark.parametrize("document", [None, [1], "text", 5])
def test_a_document_without_fields_is_refused_where_fields_are_the_inputs(document: object) -> None:
    assert read(*FIELDS, document=document) == ({}, [FieldError("body", "must be a JSON object")])


def test_a_field_that_nobody_knows_is_refused() -> None:
    reading = read(*FIELDS, document={"modle": "m"})

    assert reading.problems == [
        FieldError("modle", "is no field of this body; its fields are: model, training_file"),
    ]


@pytest.mark.parametrize(
    ("inputs", "wants"), [((), False), ((HEADER,), False), (FIELDS, True), ((HEADER, DOCUMENT), True)]
)
def test_a_reader_knows_whether_a_body_is_wanted(inputs: tuple[Any, ...], wants: bool) -> None:
    assert ArgumentReader(inputs, ()).wants_document is wants


def test_everything_wrong_is_told_at_once_and_once() -> None:
    inputs = (input_at(Place.QUERY, "a", required=True), input_at(Place.QUERY, "b", key="b-b", required=True))
    reader = ArgumentReader(inputs, ())
    reading = reader.read((), [], b"a=1&a=2", ABSENT)

    fields = reader.all_problems(reading, echo_function("f", *inputs))
    assert fields == (FieldError("a", "is given twice; give it once"), FieldError("b-b", "is required"))


def test_what_admission_takes_adds_no_problem() -> None:
    inputs = (input_at(Place.QUERY, "a"), input_at(Place.QUERY, "b"))
    reader = ArgumentReader(inputs, ())
    reading = reader.read((), [], b"a=1&a=2&b=1", ABSENT)

    assert [field for field, _ in reader.all_problems(reading, echo_function("f", *inputs))] == ["a"]


def nested(name: str, *within: str) -> Any:
    return replace(input_at(Place.BODY, name, key="user"), within=within)


def test_an_input_may_stand_below_a_field_of_the_body() -> None:
    reading = read(
        nested("id", "id"), nested("city", "home", "city"), document={"user": {"id": 7, "home": {"city": "x"}}}
    )

    assert reading == ({"id": 7, "city": "x"}, [])


@pytest.mark.parametrize("user", [5, {}, {"home": 5}, {"home": {}}, None])
def test_what_is_not_there_below_a_field_is_absent(user: object) -> None:
    assert read(nested("city", "home", "city"), document={"user": user}) == ({}, [])


def test_a_field_may_be_an_input_and_hold_others() -> None:
    user = input_at(Place.BODY, "user")

    assert read(user, nested("id", "id"), document={"user": {"id": 7}}).arguments == {"user": {"id": 7}, "id": 7}


def test_a_field_beside_those_that_hold_inputs_is_refused_with_their_names() -> None:
    [problem] = read(input_at(Place.BODY, "note"), nested("id", "id"), document={"usr": {}}).problems

    assert problem == FieldError("usr", "is no field of this body; its fields are: note, user")


def test_a_nested_input_is_named_by_where_it_stands() -> None:
    reader = ArgumentReader([nested("id", "home", "id")], ())

    assert reader.wants_document
    assert reader.as_written([FieldError("id", "is missing")]) == (FieldError("user.home.id", "is missing"),)
