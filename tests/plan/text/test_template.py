"""Texts with placeholders are parsed once; what fills them is never parsed (field-study E9)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.plan.text.template import Placeholder, TemplateError, parse_template, placeholders

NAME = st.text("abcXYZ019_.-$[]~+:", min_size=1, max_size=8)
TEXT = st.text("ab /\"':,.\n", max_size=8)


def double(name: str) -> Placeholder:
    return Placeholder(name, True)


def single(name: str) -> Placeholder:
    return Placeholder(name, False)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("plain", ("plain",)),
        ("{{x}}", (double("x"),)),
        ("{{ x }}", (double("x"),)),
        ("{{\n x \n}}", (double("x"),)),
        ("a{{x}}b{{y}}", ("a", double("x"), "b", double("y"))),
        ("{{x}}{{x}}", (double("x"), double("x"))),
        ("{{env.KEY}}", (double("env.KEY"),)),
        ("{{$top}}", (double("$top"),)),
        ('{"a": {"b": 1}}', ('{"a": {"b": 1}}',)),
        ('{"a": {"b": {{x}}}}', ('{"a": {"b": ', double("x"), "}}")),
        ("{x}", ("{x}",)),
        ("a}}b", ("a}}b",)),
    ],
)
def test_double_braces_are_placeholders_and_single_ones_text(text, parts):
    assert parse_template(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("/jobs", ("/jobs",)),
        ("/jobs/{id}", ("/jobs/", single("id"))),
        ("/jobs/{{id}}/x", ("/jobs/", double("id"), "/x")),
        ("/{ a-b }.{c}", ("/", single("a-b"), ".", single("c"))),
        ("/{Key+}", ("/", single("Key+"))),
    ],
)
def test_paths_have_single_braces_too(text, parts):
    assert parse_template(text, single=True) == parts


@pytest.mark.parametrize("text", ["{{", "a {{x", "{{x}", "{{{x}", "{{}}", "{{  }}", "{{a{b}}", "{{x}} {{"])
def test_a_double_brace_that_opens_no_placeholder_is_an_error(text):
    with pytest.raises(TemplateError):
        parse_template(text)


@pytest.mark.parametrize("text", ["/{", "/}", "/{}", "/{ }", "/{{x}", "/{x}}", "/{a{b}}", "/{{{x}}}", "/{x"])
def test_a_brace_left_over_in_a_path_is_an_error(text):
    with pytest.raises(TemplateError):
        parse_template(text, single=True)


@pytest.mark.parametrize(
    "text", ["{{#list}}", "{{/list}}", "{{^list}}", "{{!note}}", "{{>part}}", "{{&x}}", "{{# x }}"]
)
def test_other_tags_of_mustache_are_an_error_and_no_names(text):
    with pytest.raises(TemplateError, match="tag of Mustache"):
        parse_template(text)


def test_an_error_quotes_a_part_of_a_long_text():
    with pytest.raises(TemplateError) as error:
        parse_template("{{" + "x" * 1000)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize("text", ["{{" + " " * 200_000, "{{" * 100_000, "{{a" * 60_000, "{" * 200_000, "{ " * 100_000])
def test_parsing_takes_time_linear_in_the_text(text):
    start = time.process_time()
    with pytest.raises(TemplateError):
        parse_template(text, single=True)
    with pytest.raises(TemplateError):
        parse_template(f"{text} {{{{")
    assert time.process_time() - start < 1


def test_the_placeholders_of_a_template_are_in_order():
    assert placeholders(parse_template("a{{y}}b{{x}}")) == (double("y"), double("x"))


@given(st.lists(st.one_of(TEXT.filter(bool), NAME.map(double)), max_size=8))
def test_what_is_written_is_what_is_parsed(parts):
    written = "".join(part if isinstance(part, str) else f"{{{{ {part.name} }}}}" for part in parts)
    merged: list[object] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    assert parse_template(written) == tuple(merged)


@given(st.text('{} ax"/', max_size=40), st.booleans())
def test_any_text_parses_or_is_a_template_error(text, is_single):
    try:
        parts = parse_template(text, single=is_single)
    except TemplateError:
        return
    assert all(part and "{{" not in part for part in parts if isinstance(part, str))
    assert all(part.name == part.name.strip() != "" for part in placeholders(parts))
