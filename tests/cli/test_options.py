"""Are flags, their twins in the environment, and their values read alike?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import pytest

from naftiko_runtime.cli.addresses import listen_addresses, upstream_addresses
from naftiko_runtime.cli.grammar import parse as read
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.host.places.address import Endpoint


def parse(*arguments: str, env: Mapping[str, str] | None = None) -> argparse.Namespace:
    return read(arguments, env or {})


@pytest.mark.parametrize(
    ("twin", "value", "name", "expected"),
    [
        ("NAFTIKO_HOST", "::1", "host", "::1"),
        ("NAFTIKO_PORT", "8080", "port", 8080),
        ("NAFTIKO_LISTEN", "a=127.0.0.1:1, b=127.0.0.1:2", "listen", ["a=127.0.0.1:1", "b=127.0.0.1:2"]),
        ("NAFTIKO_UPSTREAM", "a=http://x", "upstream", ["a=http://x"]),
        ("NAFTIKO_ALLOW_HOST", "a.example,b.example", "allow_host", ["a.example", "b.example"]),
        ("NAFTIKO_ENV_FILE", "x.env", "env_file", "x.env"),
        ("NAFTIKO_STRICT", "true", "strict", True),
        ("NAFTIKO_STRICT", "0", "strict", False),
        ("NAFTIKO_STRICT", "", "strict", False),
        ("NAFTIKO_LOG_FORMAT", "json", "log_format", "json"),
        ("NAFTIKO_LOG_LEVEL", "off", "log_level", "off"),
        ("NAFTIKO_LOG_LEVEL", "", "log_level", "info"),
        ("NAFTIKO_DEADLINE", "120", "deadline", 120.0),
        ("NAFTIKO_DEADLINE", "", "deadline", 30.0),
        ("NAFTIKO_CONNECT_DEADLINE", "0.5", "connect_deadline", 0.5),
        ("NAFTIKO_ANSWER_LIMIT", "100", "answer_limit", 100.0),
        ("NAFTIKO_REQUEST_LIMIT", "0.5", "request_limit", 0.5),
    ],
)
def test_a_twin_stands_in_for_its_flag(twin: str, value: str, name: str, expected: object) -> None:
    assert getattr(parse("run", env={twin: value}), name) == expected


def test_a_flag_wins_over_its_twin() -> None:
    assert parse("run", "--port", "1", env={"NAFTIKO_PORT": "2"}).port == 1


def test_a_repeated_flag_adds_to_its_twin_and_wins_where_both_speak() -> None:
    options = parse("run", "--listen", "a=127.0.0.1:9", env={"NAFTIKO_LISTEN": "a=127.0.0.1:1,b=127.0.0.1:2"})

    assert listen_addresses(options.listen) == {"a": Endpoint("127.0.0.1", 9), "b": Endpoint("127.0.0.1", 2)}


@pytest.mark.parametrize(
    ("twin", "value"),
    [
        ("NAFTIKO_PORT", "http"),
        ("NAFTIKO_LOG_LEVEL", "loud"),
        ("NAFTIKO_LOG_FORMAT", "xml"),
        ("NAFTIKO_DEADLINE", "soon"),
    ],
)
def test_a_bad_twin_is_a_usage_error(twin: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse("run", env={twin: value})

    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert value in told
    assert twin in told


def test_a_bad_flag_is_not_blamed_on_its_twin(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("run", "--port", "http", env={"NAFTIKO_PORT": "8080"})

    assert "NAFTIKO_PORT" not in capsys.readouterr().err


def test_the_twins_of_other_verbs_are_not_read() -> None:
    assert parse("migrate", "a", env={"NAFTIKO_STRICT": "perhaps"}).verb == "migrate"


def test_a_bad_switch_twin_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="NAFTIKO_STRICT"):
        parse("run", env={"NAFTIKO_STRICT": "perhaps"})


@pytest.mark.parametrize(
    ("arguments", "name", "expected"),
    [
        (["run", "a", "--strict", "b"], "paths", [Path("a"), Path("b")]),
        (["validate", "--strict", "a", "--format", "json", "b"], "paths", [Path("a"), Path("b")]),
        (["call", "a", "n", "x=1", "--json", "{}", "y=-2"], "arguments", ["x=1", "y=-2"]),
        (["call", "a", "--dry-run", "n", "x=1"], "arguments", ["x=1"]),
    ],
)
def test_words_may_stand_on_both_sides_of_a_flag(arguments: list[str], name: str, expected: list[object]) -> None:
    assert getattr(parse(*arguments), name) == expected


@pytest.mark.parametrize("arguments", [["run", "-z"], ["run", "a", "--prot", "1"], ["explain", "a", "b", "c"]])
def test_what_no_verb_knows_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(*arguments)

    assert caught.value.code == 2
    assert "unrecognized" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rum"], "naftiko: `rum` is no command; did you mean `run`?"),
        (["--verison"], "naftiko: `--verison` is no command; did you mean `--version`?"),
        (["--port", "80", "run"], "naftiko: `--port` is no command"),
        (["run", "--prot=1"], "naftiko run: unrecognized arguments: --prot=1; did you mean `--port`?"),
        (["explain", "a", "b", "c"], "naftiko explain: unrecognized arguments: c"),
        (["call"], "naftiko call: the following arguments are required: PATH, NAME"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(*arguments)

    assert capsys.readouterr().err.splitlines() == [
        told,
        f"`{told.partition(':')[0]} --help` shows what may be written",
    ]


def test_nothing_at_all_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse()

    assert caught.value.code == 2
    assert "naftiko run --demo" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http", "8080.0", "٣"])
def test_a_port_is_a_number_that_exists(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("run", "--port", port)

    assert "65535" in capsys.readouterr().err or port == "-1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a=127.0.0.1:80", Endpoint("127.0.0.1", 80)),
        ("a=localhost:0", Endpoint("localhost", 0)),
        ("a=[::1]:80", Endpoint("::1", 80)),
        (" a = 127.0.0.1:80 ", Endpoint("127.0.0.1", 80)),
    ],
)
def test_an_address_to_listen_on(value: str, expected: Endpoint) -> None:
    assert listen_addresses([value]) == {"a": expected}


@pytest.mark.parametrize("value", ["a", "a=", "=127.0.0.1:80", "a=80", "a=:80", "a=::1:80", "a=127.0.0.1", "a=x:http"])
def test_a_malformed_address_says_how_to_write_it(value: str) -> None:
    with pytest.raises(UsageError, match=r"HOST:PORT|65535"):
        listen_addresses([value])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "https://api.example/v1", "https://api.example/a=b"])
def test_an_upstream_is_an_http_address(url: str) -> None:
    assert upstream_addresses([f"a={url}"]) == {"a": url}


@pytest.mark.parametrize(
    "value",
    [
        "a=ftp://x/canary",
        "a=canary",
        "a=http://",
        "a=http://x?key=canary",
        "a=http://x#canary",
        "canary",
        "a=",
        "a=http://[canary",
    ],
)
def test_a_malformed_upstream_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        upstream_addresses([value])

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("verb", ["run", "validate", "mcp", "call", "explain"])
def test_the_help_of_a_verb_ends_in_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(verb, "--help")
    text = capsys.readouterr().out

    assert caught.value.code == 0
    examples = text[text.index("examples:") :].splitlines()[1:]
    assert len(examples) >= 2
    assert all(f"naftiko {verb}" in line or "naftiko" in line for line in examples)
