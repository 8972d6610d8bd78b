"""Hostile YAML, every kind of field-study E5: a bounded answer, quickly, and nothing of it is executed."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from naftiko_runtime.spec.load import Reading, read_spec, read_text
from naftiko_runtime.spec.text.source import MAX_BYTES
from tests.runner import command

HEAD = "naftiko: 1.0.0-alpha2\n"


def codes(reading: Reading) -> list[str]:
    return [item.code for item in reading.diagnostics if item.is_error]


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Far above what any of these files needs, far below what an expanded bomb takes: 5 s, 300 MiB."""
    started, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.perf_counter() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < 300 * 1024


def laughs(first: str, joined: str) -> str:
    rows = [f"a0: &a0 {first}"] + [f"a{n}: &a{n} {joined.replace('@', f'*a{n - 1}')}" for n in range(1, 12)]
    return HEAD + "\n".join(rows)


BOMBS = {
    "lists": laughs("[lol, lol]", "[@, @, @, @, @, @, @, @, @, @]"),
    "mappings": laughs("{a: lol}", "{a: @, b: @, c: @, d: @, e: @, f: @, g: @, h: @, i: @}"),
    "merges": laughs("{" + ", ".join(f"k{n}: 1" for n in range(99)) + "}", "{<<: [@, @, @, @, @, @, @, @, @, @]}"),
    "merges-of-merges": HEAD
    + "a: "
    + "{<<: " * 90
    + "{"
    + ", ".join(f"k{n}: 1" for n in range(20_000))
    + "}"
    + "}" * 90,
    "keys": laughs("lol", "{? [@, @, @, @, @, @, @, @, @, @] : 1}"),
    "one-long-text": HEAD + f"a: &a '{'x' * 1_000_000}'\nb: [" + "*a, " * 90_000 + "]",
    "one-long-list": HEAD + "a: &a [" + "1, " * 50_000 + "]\nb: [" + "*a, " * 90_000 + "]",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_aliases_do_not_blow_up(bomb: str) -> None:
    assert codes(read_text(bomb, "bomb.yaml"))[-1] == "NK1008"


def test_aliases_do_not_nest_deeper_than_brackets_may() -> None:
    rows = ["a0: &a0 " + "[" * 90 + "]" * 90]
    rows += [f"a{n}: &a{n} " + "[" * 90 + f"*a{n - 1}" + "]" * 90 for n in range(1, 2000)]

    assert codes(read_text(HEAD + "\n".join(rows), "deep.yaml")) == ["NK1007"]


@pytest.mark.parametrize(
    "text", ["a: &a [*a]", "&a {b: *a}", "a: &a {b: [{c: *a}]}", "a: &a {<<: *a}", "a: &a {*a : b}"]
)
def test_a_value_never_holds_itself(text: str) -> None:
    assert codes(read_text(text, "x.yaml")) == ["NK1012"]


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[{a: [", "- - ? "])
def test_a_hundred_thousand_levels_are_an_answer_and_no_crash(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(opening * 100_000)

    assert codes(read_spec(path)) == ["NK1007"]


def test_the_command_survives_a_hundred_thousand_brackets(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(HEAD + "info: " + "[" * 100_000)
    ended = command("validate", str(path))

    assert ended.code == 1
    assert "error[NK1007]" in ended.out
    assert "Traceback" not in ended.text


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {path}']",
        "!!python/object/apply:os.system ['touch {path}', ]",
        "!!python/object/new:os.system ['touch {path}']",
        "!!python/name:os.system ''",
        "!!python/module:os ''",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch {path}']",
        "!include {path}",
        "!env HOME",
        "!!binary aGk=",
        "!!timestamp 2026-01-01",
        "!!set {{a}}",
    ],
)
def test_tags_make_nothing_happen(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "proof"

    assert codes(read_text(f"{HEAD}info: {{label: {tag.format(path=path)}}}", "x.yaml")) == ["NK2002", "NK1009"]
    assert not path.exists()


def test_a_tag_handle_does_not_smuggle_a_tag_in() -> None:
    text = f"%TAG ! tag:yaml.org,2002:python/\n---\n{HEAD}capability: {{}}\ninfo: {{label: !name:os.system ''}}"

    assert "NK1009" in codes(read_text(text, "x.yaml"))


def test_a_file_of_more_than_four_mebibytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)

    assert codes(read_spec(path)) == ["NK1003"]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "x" * (MAX_BYTES - 100),
        "a: '" + "x" * (MAX_BYTES - 100) + "'",
        "a: " + "9" * (MAX_BYTES - 100),
        "a: -0x" + "f" * (MAX_BYTES - 100),
        "a: 1e" + "9" * (MAX_BYTES - 100),
        "a: 0." + "1" * (MAX_BYTES - 100),
        "'" + "x" * (MAX_BYTES - 100) + "': 1",
        "#" * (MAX_BYTES - 100),
        "a: |\n" + " x\n" * (MAX_BYTES // 3 - 100),
        "\n" * (MAX_BYTES - 100),
        " " * (MAX_BYTES - 100),
    ],
    ids=[
        "plain",
        "quoted",
        "digits",
        "hexadecimal",
        "exponent",
        "fraction",
        "key",
        "comment",
        "block",
        "lines",
        "blanks",
    ],
)
def test_a_scalar_as_large_as_the_file_is_no_work(text: str) -> None:
    reading = read_text(HEAD + text, "x.yaml")

    assert reading.diagnostics
    assert all(len(item.message) < 300 and len(item.help) < 300 for item in reading.diagnostics)


@pytest.mark.parametrize(
    "text", ["@: 1\n@: 2", "a: !!int @", "a: !@ b", "a: *@", "a: &@ [*@]", "naftko@: 1", "naftiko: @", "a: '{{@}}'"]
)
def test_no_message_is_as_long_as_what_it_quotes(text: str) -> None:
    reading = read_text(text.replace("@", "x" * 100_000), "x.yaml")

    assert reading.has_errors
    assert all(len(item.message) < 300 and len(item.help) < 300 for item in reading.diagnostics)


@pytest.mark.parametrize(
    "text", ["[" * 5_000, "a: " * 100_000, "'" * 100_000, "&a " * 100_000, "!a " * 100_000, "- " * 90 + "{" * 90]
)
def test_repeated_signs_are_no_work(text: str) -> None:
    assert read_text(text, "x.yaml").has_errors


@pytest.mark.parametrize(
    "number", ["9" * 99, "-" + "9" * 99, "0x" + "f" * 90, "0o" + "7" * 90, "1e308", "1e-400", "1.7976931348623157e309"]
)
def test_a_number_beyond_any_machine_is_told_like_any_other(number: str) -> None:
    text = f"{HEAD}capability: {{exposes: [{{type: mcp, namespace: x, port: {number}, tools: []}}]}}"
    reading = read_text(text, "x.yaml")

    assert {item.pointer for item in reading.diagnostics if item.is_error} >= {"/capability/exposes/0/port"}


@pytest.mark.parametrize(
    "data",
    [
        b"a: \x00",
        b"\x00" * 100,
        b"a: \x1b[2J",
        b"a: \x7f",
        b"a: \xff",
        b"\xff\xfea\x00",
        b"\xc0\x80: 1",
        b"\xed\xa0\x80: 1",
    ],
)
def test_bytes_that_are_no_text_are_told_and_never_shown(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    ended = command("validate", str(path))

    assert ended.code == 1
    assert "Traceback" not in ended.text
    assert not {"\x00", "\x1b", "\x7f"} & set(ended.out)


def test_a_second_document_is_not_read() -> None:
    assert codes(read_text(HEAD + "---\n" + BOMBS["lists"], "x.yaml")) == ["NK1006"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: off", {"on": "off"}),
        ("a: yes", {"a": "yes"}),
        ("a: 012", {"a": 12}),
        ("a: 0o17", {"a": 15}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 2026-05-19", {"a": "2026-05-19"}),
        ("\ufeffa: 1", {"a": 1}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("a: 1\r\n", {"a": 1}),
    ],
)
def test_ordinary_oddities_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    document = read_text(text, "x.yaml").document

    assert document is not None
    assert document.value == value
