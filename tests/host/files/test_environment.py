"""Where do values of variables come from, and what is told when they can't be read?"""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.host.files.environment import read_env_file, read_environment
from naftiko_runtime.host.files.providers import PROVIDERS, Asked
from naftiko_runtime.host.files.providers.files import locate
from naftiko_runtime.host.files.providers.provider import Content
from naftiko_runtime.plan.scope.variables import SCHEMES
from naftiko_runtime.spec.model.capability import Bind

FOLDER = Path("/srv/capabilities")
OPEN = Bind("env", None, (("TOKEN", "TOKEN"),), ("binds", 0))


def read_location(location: str, folder: Path) -> Content:
    return PROVIDERS["file"].read(Asked(location, (), folder, {}))


def test_every_kind_of_location_has_a_provider() -> None:
    assert tuple(PROVIDERS) == SCHEMES


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("file:///etc/keys.yaml", Path("/etc/keys.yaml")),
        ("file://localhost/etc/keys.yaml", Path("/etc/keys.yaml")),
        ("file://./keys.yaml", FOLDER / "keys.yaml"),
        ("file:///./keys.yaml", FOLDER / "keys.yaml"),
        ("file://../keys.yaml", FOLDER / "../keys.yaml"),
        ("file:///a%20b.yaml", Path("/a b.yaml")),
    ],
)
def test_a_location_is_absolute_or_starts_beside_the_spec(location: str, path: Path) -> None:
    assert locate(location, FOLDER) == path


@pytest.mark.parametrize("location", ["file://keys.yaml", "file://host/keys.yaml", "file://", "file:///a%00b"])
def test_any_other_location_says_why_it_means_nothing(location: str) -> None:
    assert isinstance(locate(location, FOLDER), str)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("keys.yaml", "token: canary\nretries: 3\n"),
        ("keys.YML", "{token: canary, retries: 3}"),
        ("keys.json", '{"token": "canary", "retries": 3}'),
        ("keys", '{"token": "canary", "retries": 3}'),
    ],
)
def test_yaml_and_json_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    assert read_location(f"file://./{name}", tmp_path) == {"token": "canary", "retries": "3"}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *[("keys.yaml", number) for number in ("1.10", "007", "1e5", "12e45", "0x1F", "+5", "1.")],
        *[("keys.json", number) for number in ("1.10", "1e5", "12345678901234567890123", "-0.0")],
    ],
)
def test_a_number_is_what_is_written(tmp_path: Path, name: str, number: str) -> None:
    (tmp_path / name).write_text(f'{{"nested": {{"number": {number}}}, "on": true, "text": "1.0"}}')

    assert read_location(f"file://./{name}", tmp_path) == {"nested": {"number": number}, "on": True, "text": "1.0"}


def test_a_number_that_is_written_elsewhere_or_with_its_tag_is_its_value(tmp_path: Path) -> None:
    (tmp_path / "keys.yaml").write_text("tagged: !!int 7\nfirst: &n 8\nsecond: *n\n")

    assert read_location("file://./keys.yaml", tmp_path) == {"tagged": 7, "first": 8, "second": 8}


@pytest.mark.parametrize("name", ["keys.env", ".env", "keys"])
def test_any_other_file_is_dotenv(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("export token='canary'\n")

    assert read_location(f"file://./{name}", tmp_path) == {"token": "canary"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("keys.yaml", "token: [canary\n"),
        ("keys.yaml", "token: !!int canary\n"),
        ("keys.yaml", "token: canary\ntoken: canary\n"),
        ("keys.yaml", "- canary\n"),
        ("keys.yaml", ""),
        ("keys.json", '{"token": canary}'),
        ("keys.json", '{"token": NaN, "x": "canary"}'),
        ("keys.json", '{"token": ' + "[" * 100_000 + '"canary"'),
        ("keys.json", '["canary"]'),
        ("keys.json", '"canary"'),
        ("keys.env", "canary"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_quotes_nothing(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    problem = read_location(f"file://./{name}", tmp_path)

    assert isinstance(problem, str)
    assert problem
    assert "canary" not in problem


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert "No such file" in str(read_location("file://./keys.yaml", tmp_path))


def test_each_source_is_kept_apart(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOKEN=beside\n")
    (tmp_path / "keys.json").write_text('{"KEY": "in a file"}')
    located = Bind("file", "file://./keys.json", (("KEY", "KEY"),), ("binds", 1))
    foreign = Bind("vault", "github-secrets://keys", (("SECRET", "SECRET"),), ("binds", 2))
    environment, problems = read_environment(
        tmp_path / "spec.yaml", [OPEN, located, foreign], {"TOKEN": "process"}, {"TOKEN": "flag"}
    )

    assert environment.process == {"TOKEN": "process"}
    assert environment.env_file == {"TOKEN": "flag"}
    assert environment.dotenv == {"TOKEN": "beside"}
    assert environment.located == {"file://./keys.json": {"KEY": "in a file"}}
    assert problems == ()


def test_a_dotenv_beside_the_spec_is_left_alone_where_no_bind_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("not a variable\n")
    environment, problems = read_environment(tmp_path / "spec.yaml", [], {}, {})

    assert environment.dotenv == {}
    assert problems == ()


def test_a_bad_line_beside_the_spec_warns_and_the_rest_counts(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("canary\nTOKEN=good\n")
    environment, [problem] = read_environment(tmp_path / "spec.yaml", [OPEN], {}, {})

    assert environment.dotenv == {"TOKEN": "good"}
    assert (problem.code, problem.severity.value) == ("NK6003", "warning")
    assert "canary" not in problem.message


def test_a_bad_line_of_a_file_somebody_named_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "staging.env").write_text("canary\nTOKEN=good\n")
    values, [problem] = read_env_file(tmp_path / "staging.env")

    assert values == {"TOKEN": "good"}
    assert problem.is_error
    assert "canary" not in problem.message


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    values, [problem] = read_env_file(tmp_path / "nowhere.env")

    assert values == {}
    assert problem.code == "NK1001"
