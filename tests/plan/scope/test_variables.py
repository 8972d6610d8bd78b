"""Which variables a file may use, and what they are worth (C10)."""

from __future__ import annotations

import pytest

from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.variables import MASK, Environment, Variables
from naftiko_runtime.spec.load import read_text

AT = ("capability",)
PROCESS = Environment(process={"KEY": "s3cret"})


def scope(binds: str, environment: Environment | None = PROCESS, inputs: str = "") -> tuple[Variables, Findings]:
    text = f"""\
naftiko: 1.0.0-alpha2
info: {{label: Ships, description: Ships.}}
binds: [{binds}]
capability:
  consumes:
  - {{type: http, namespace: ships, baseUri: "https://ships.invalid", resources: [
      {{name: ship, path: /ships, operations: [{{name: find, method: GET, inputParameters: [{inputs}]}}]}}]}}
"""
    reading = read_text(text, "ships.yaml")
    assert reading.spec is not None
    assert reading.document is not None
    findings = Findings(reading.document, ())
    return Variables(reading.spec, environment, findings), findings


def told(findings: Findings) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in findings.diagnostics]


@pytest.mark.parametrize("name", ["TOKEN", "vault.TOKEN"])
def test_a_variable_has_a_plain_and_a_qualified_name(name):
    variables, _ = scope("{namespace: vault, keys: {TOKEN: KEY}}")
    assert name in variables
    assert variables.value(name, AT) == "s3cret"


@pytest.mark.parametrize(
    ("environment", "value"),
    [
        (Environment(process={"KEY": "1"}, env_file={"KEY": "2"}, dotenv={"KEY": "3"}), "1"),
        (Environment(env_file={"KEY": "2"}, dotenv={"KEY": "3"}), "2"),
        (Environment(dotenv={"KEY": "3"}), "3"),
    ],
)
def test_the_process_comes_before_the_env_file_and_that_before_the_dotenv(environment, value):
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}", environment)
    assert variables.value("TOKEN", AT) == value
    variables.report()
    assert told(findings) == []


def test_without_an_environment_a_value_is_masked_and_nothing_is_missing():
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}", None)
    assert variables.value("TOKEN", AT) == MASK
    variables.report()
    assert told(findings) == []


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (Environment(), "the variable `TOKEN` has no value: the environment variable `KEY` is not set"),
        (Environment(process={"KEY": ""}), "the variable `TOKEN` has no value: `KEY` is set but empty"),
        (
            Environment(process={"KEY": ""}, dotenv={"KEY": "x"}),
            "the variable `TOKEN` has no value: `KEY` is set but empty",
        ),
    ],
)
def test_a_used_variable_without_a_value_is_told_once_at_its_bind(environment, message):
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}", environment)
    assert variables.value("TOKEN", AT) == variables.value("env.TOKEN", AT) == MASK
    variables.report()
    (found,) = findings.diagnostics
    assert (found.code, found.message, found.span.line) == ("NK6001", message, 3)
    assert "export KEY=…" in (found.help or "")


def test_every_missing_variable_is_told():
    variables, findings = scope("{namespace: env, keys: {A: KA, B: KB, C: KC}}", Environment())
    variables.value("A", AT)
    variables.value("C", AT)
    variables.report()
    assert [item.message.split("`")[1] for item in findings.diagnostics] == ["A", "C"]


def test_a_variable_nobody_uses_may_be_unset():
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}", Environment())
    variables.report()
    assert told(findings) == []


LOCATION = "file:///box.yaml"
FILE = "{namespace: box, location: 'file:///box.yaml', keys: {TOKEN: key}}"


@pytest.mark.parametrize(
    ("value", "text"),
    [("t", "t"), (5, "5"), (2.5, "2.5"), (0.1, "0.1"), (True, "true"), (False, "false"), (10**30, str(10**30))],
)
def test_a_file_gives_texts_numbers_and_booleans(value, text):
    variables, findings = scope(FILE, Environment(located={"file:///box.yaml": {"key": value}}))
    assert variables.value("box.TOKEN", AT) == text
    variables.report()
    assert told(findings) == []


@pytest.mark.parametrize(
    ("files", "code", "word"),
    [
        ({}, "NK6003", "it was not read"),
        ({"file:///box.yaml": "no such file"}, "NK6003", "no such file"),
        ({"file:///box.yaml": {"other": "x"}}, "NK6004", "has no key `key`"),
        ({"file:///box.yaml": {"key": ""}}, "NK6004", "is no text or number"),
        ({"file:///box.yaml": {"key": None}}, "NK6004", "is no text or number"),
        ({"file:///box.yaml": {"key": {"a": 1}}}, "NK6004", "is no text or number"),
        ({"file:///box.yaml": {"key": ["a"]}}, "NK6004", "is no text or number"),
        ({"file:///box.yaml": {"key": float("nan")}}, "NK6004", "is no text or number"),
    ],
)
def test_a_file_that_gives_no_value_is_told_at_its_bind(files, code, word):
    variables, findings = scope(FILE, Environment(located=files))
    variables.value("TOKEN", AT)
    variables.report()
    (found,) = findings.diagnostics
    assert (found.code, found.span.line) == (code, 3)
    assert word in found.message


NESTED = {"a": {"b": {"c": "deep"}}, "a.b.c": "flat", "x": "text", "": {"": "odd"}}


@pytest.mark.parametrize(
    ("key", "worth"), [("a.b.c", "flat"), ("a.b", None), ("a.c", None), ("x.y", None), ("x", "text"), (".", "odd")]
)
def test_a_key_is_a_name_and_only_else_a_path(key, worth):
    content = NESTED if key != "a.b.c" or worth == "flat" else {"a": NESTED["a"]}
    variables, findings = scope(FILE.replace("TOKEN: key", f"TOKEN: '{key}'"), Environment(located={LOCATION: content}))
    variables.value("TOKEN", AT)
    variables.report()
    assert [item.code for item in findings.diagnostics] == ([] if worth else ["NK6004"])
    assert variables.value("TOKEN", AT) == (worth or "***")


@pytest.mark.parametrize(("environment", "codes"), [(None, []), (Environment(), ["NK6003"])])
@pytest.mark.parametrize("location", ["vault://secret/app", "k8s-secret://app", "file:///box.yaml"])
def test_a_known_provider_is_no_matter_without_an_environment(location, environment, codes):
    variables, findings = scope(FILE.replace(LOCATION, location), environment)
    variables.value("TOKEN", AT)
    variables.report()
    assert [item.code for item in findings.diagnostics] == codes


@pytest.mark.parametrize("environment", [None, Environment()])
@pytest.mark.parametrize("location", ["github-secrets://team", "https://keys", "vault:/secret/app"])
def test_an_unknown_provider_is_told_even_where_nothing_is_read(location, environment):
    variables, findings = scope(FILE.replace(LOCATION, location), environment)
    variables.value("TOKEN", AT)
    variables.report()
    (found,) = findings.diagnostics
    assert found.code == "NK6005"
    assert found.help == "there are `file://`, `k8s-secret://`, `vault://` and, without `location`, the environment"


def test_the_first_of_two_binds_gives_the_plain_name_and_the_second_is_warned_about():
    variables, findings = scope(
        "{namespace: a, keys: {TOKEN: KA}}, {namespace: b, keys: {TOKEN: KB}}",
        Environment(process={"KA": "1", "KB": "2"}),
    )
    assert [variables.value(name, AT) for name in ("TOKEN", "a.TOKEN", "b.TOKEN")] == ["1", "1", "2"]
    assert told(findings) == [("NK6008", 3)]
    assert "{{b.TOKEN}}" in (findings.diagnostics[0].help or "")


def test_one_namespace_that_binds_a_variable_from_two_places_is_warned_about():
    _, findings = scope("{namespace: a, keys: {TOKEN: KA}}, {namespace: a, keys: {TOKEN: KB}}")
    assert told(findings) == [("NK6008", 3)]
    assert "bound twice" in findings.diagnostics[0].message


def test_two_binds_of_one_source_are_one():
    _, findings = scope("{namespace: a, keys: {TOKEN: KEY}}, {namespace: b, keys: {TOKEN: KEY}}")
    assert told(findings) == []


def test_an_input_in_the_environment_is_a_variable_of_its_own_name():
    variables, findings = scope("", Environment(), "{name: API_KEY, in: environment}")
    assert "API_KEY" in variables
    variables.value("API_KEY", AT)
    variables.report()
    assert told(findings) == [("NK6001", 7)]


def test_a_bind_comes_before_an_input_in_the_environment():
    variables, _ = scope("{namespace: env, keys: {TOKEN: KEY}}", PROCESS, "{name: TOKEN, in: environment}")
    assert variables.value("TOKEN", AT) == "s3cret"


def test_only_plain_variables_with_a_value_are_found_by_another_spelling():
    variables, _ = scope("{namespace: env, keys: {TOKEN: KEY, OTHER: UNSET}}")
    assert variables.by_spelling() == {"TOKEN": "s3cret"}


@pytest.mark.parametrize("name", ["TOKEN", "env.TOKEN"])
def test_a_variable_asks_no_caller(name):
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}")
    assert variables.caller_name(name, AT) is None
    assert told(findings) == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [("x", "x"), ("tools.x", "x"), ("rest.x", "x"), ("token", "token"), ("PAGE", "PAGE"), ("item.name", "item.name")],
)
def test_any_other_name_asks_the_caller(name, asked):
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}")
    assert variables.caller_name(name, AT) == asked
    assert told(findings) == []


@pytest.mark.parametrize("name", ["TOKEM", "TOKN", "env.TOKN", "env.anything", "secrets.TOKEN", "other.API_KEY"])
def test_a_name_that_can_only_be_a_variable_is_told_as_undeclared(name):
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}")
    assert variables.caller_name(name, AT) is None
    assert told(findings) == [("NK6002", 4)]


def test_a_name_below_env_is_a_variable_though_nothing_is_bound():
    variables, findings = scope("")
    assert variables.caller_name("env.TOKEN", AT) is None
    (found,) = findings.diagnostics
    assert (found.code, found.help) == ("NK6002", "declare it: `binds: [{namespace: env, keys: {TOKEN: …}}]`")


def test_an_undeclared_variable_near_a_declared_one_is_told_with_it():
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}")
    variables.undeclared("TOKEM", AT)
    assert (findings.diagnostics[0].help or "").startswith("did you mean `{{TOKEN}}`? else declare it: `binds: ")


def test_no_finding_holds_a_value():
    variables, findings = scope("{namespace: env, keys: {TOKEN: KEY}}, {namespace: b, keys: {TOKEN: K2}}")
    variables.undeclared("TOKEM", AT)
    variables.report()
    assert findings.diagnostics
    assert "s3cret" not in repr(findings.diagnostics)
