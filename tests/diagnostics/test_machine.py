from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from naftiko_runtime.diagnostics import (
    CODES,
    Diagnostic,
    Related,
    Severity,
    Span,
    render_github,
    render_json,
    render_sarif,
)

ERROR = Diagnostic(
    "NK1005",
    Severity.ERROR,
    "key `name` is given twice",
    "specs/team é.yaml",
    Span(9, 5, 9, 9),
    "/capability/name",
    "remove one of the two",
    (Related("first used here", "specs/team é.yaml", Span(3, 5, 3, 9)),),
)
WARNING = Diagnostic("NK2001", Severity.WARNING, "unknown key `x`", "specs/team é.yaml", Span(2, 1, 4, 3))
FILELESS = Diagnostic("NK7006", Severity.NOTE, "nothing to serve", "")
UNREADABLE = Diagnostic("NK1001", Severity.ERROR, "permission denied", "/srv/secret.yaml")
ALL = [ERROR, WARNING, FILELESS, UNREADABLE]

# What SARIF 2.1.0 asks of the parts we write (§3.13, 3.14, 3.18, 3.19, 3.27 to 3.30, 3.49), closed against other keys.
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
POSITIVE = {"type": "integer", "minimum": 1}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {"startLine": POSITIVE, "startColumn": POSITIVE, "endLine": POSITIVE, "endColumn": POSITIVE},
}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": MESSAGE,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "additionalProperties": False,
                    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~:/%-]+$"}},
                },
                "region": REGION,
            },
        },
        "logicalLocations": {
            "type": "array",
            "items": {"type": "object", "properties": {"fullyQualifiedName": {"type": "string"}}},
        },
    },
}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "shortDescription": MESSAGE,
        "help": MESSAGE,
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}, "additionalProperties": False},
        "properties": {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}},
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": MESSAGE,
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION, "uniqueItems": True},
    },
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "additionalProperties": False,
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "properties": {
                "driver": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string"},
                        "version": {"type": "string"},
                        "rules": {"type": "array", "items": RULE, "uniqueItems": True},
                    },
                }
            },
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN},
    },
}


def sarif_run(diagnostics: list[Diagnostic]) -> dict[str, Any]:
    log = json.loads(render_sarif(diagnostics))
    jsonschema.validate(log, LOG)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_json_is_a_list_of_flat_objects() -> None:
    assert json.loads(render_json([ERROR])) == [
        {
            "code": "NK1005",
            "severity": "error",
            "message": "key `name` is given twice",
            "file": "specs/team é.yaml",
            "line": 9,
            "column": 5,
            "endLine": 9,
            "endColumn": 9,
            "pointer": "/capability/name",
            "help": "remove one of the two",
        }
    ]


def test_json_has_every_key_even_without_a_place() -> None:
    (item,) = json.loads(render_json([FILELESS]))
    assert list(item) == list(json.loads(render_json([ERROR]))[0])
    assert [item[key] for key in ("line", "column", "endLine", "endColumn")] == [None] * 4


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads(render_json([])) == []


def test_json_is_in_file_order() -> None:
    assert [item["code"] for item in json.loads(render_json(ALL))] == ["NK7006", "NK1001", "NK2001", "NK1005"]


def test_json_holds_no_raw_control_character_and_no_lone_surrogate() -> None:
    text = render_json([Diagnostic("NK1004", Severity.ERROR, "\x1b\x9b\u202e\ud800", "a.yaml")])
    assert text.isascii()
    assert json.loads(text)[0]["message"] == "\x1b\x9b\u202e\ud800"


def test_sarif_has_the_structure_of_the_standard() -> None:
    run = sarif_run(ALL)
    assert run["tool"]["driver"]["name"] == "naftiko"
    assert len(run["results"]) == len(ALL)


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    run = sarif_run([])
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_sarif_declares_each_code_once_and_each_result_points_at_it() -> None:
    run = sarif_run([*ALL, WARNING])
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["NK1001", "NK1005", "NK2001", "NK7006"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_rules_carry_title_and_default_level_and_no_help_uri() -> None:
    (rule,) = sarif_run([WARNING])["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == CODES["NK2001"].title
    assert rule["defaultConfiguration"]["level"] == "warning"
    assert "helpUri" not in rule


def test_sarif_results_carry_level_message_and_region() -> None:
    (result,) = sarif_run([ERROR])["results"]
    assert result["level"] == "error"
    assert result["message"]["text"] == "key `name` is given twice\nhelp: remove one of the two"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/team%20%C3%A9.yaml"},
                "region": {"startLine": 9, "startColumn": 5, "endLine": 9, "endColumn": 9},
            },
            "logicalLocations": [{"fullyQualifiedName": "/capability/name"}],
        }
    ]


def test_sarif_tells_related_places() -> None:
    (related,) = sarif_run([ERROR])["results"][0]["relatedLocations"]
    assert related["message"]["text"] == "first used here"
    assert related["physicalLocation"]["region"]["startLine"] == 3


def test_sarif_names_an_unreadable_file_without_a_region() -> None:
    (result,) = sarif_run([UNREADABLE])["results"]
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "file:///srv/secret.yaml"}}}]


def test_sarif_gives_no_location_where_there_is_no_file() -> None:
    assert sarif_run([FILELESS])["results"][0]["locations"] == []


@pytest.mark.parametrize(
    ("diagnostic", "command"),
    [
        (
            ERROR,
            "::error file=specs/team é.yaml,line=9,col=5,endLine=9,endColumn=9,title=NK1005"
            "::key `name` is given twice%0Ahelp: remove one of the two",
        ),
        (WARNING, "::warning file=specs/team é.yaml,line=2,endLine=4,title=NK2001::unknown key `x`"),
        (UNREADABLE, "::error file=/srv/secret.yaml,title=NK1001::permission denied"),
        (FILELESS, "::notice title=NK7006::nothing to serve"),
    ],
    ids=["one line", "several lines", "no place", "no file"],
)
def test_github_gets_one_command_a_diagnostic(diagnostic: Diagnostic, command: str) -> None:
    assert render_github([diagnostic]) == command


def test_github_commands_are_escaped_by_its_rules() -> None:
    item = Diagnostic("NK1004", Severity.ERROR, "100%\r\n::set-env::a:b,c", "a:b,c%\n.yaml")
    assert render_github([item]) == ("::error file=a%3Ab%2Cc%25%0A.yaml,title=NK1004::100%25%0D%0A::set-env::a:b,c")


def test_github_commands_hold_no_control_characters() -> None:
    item = Diagnostic("NK1004", Severity.ERROR, "\x1b[2J\u202e", "a.yaml")
    assert render_github([item]).endswith(r"::\x1b[2J\u202e")


def test_github_commands_come_one_a_line_in_file_order() -> None:
    lines = render_github(ALL).split("\n")
    assert [line.split("title=")[1][:6] for line in lines] == ["NK7006", "NK1001", "NK2001", "NK1005"]
