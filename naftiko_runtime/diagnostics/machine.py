"""How do other programs read diagnostics?

Three readers: scripts (a JSON list), code-scanning services (SARIF 2.1.0) and the log of a GitHub workflow (workflow
commands that become annotations). Each rendering is whole, stable and plain: the same diagnostics give the same bytes,
in file order, and no text of a checked file can break out of its field.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from naftiko_runtime.diagnostics.codes import CODES
from naftiko_runtime.diagnostics.model import Severity, in_file_order
from naftiko_runtime.diagnostics.text import visible
from naftiko_runtime.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from naftiko_runtime.diagnostics.model import Diagnostic, Span

# JSON's own values, as far as the renderings need them.
_Json = str | int | None | list["_Json"] | dict[str, "_Json"]

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

# SARIF 2.1.0 §3.27.10 knows the same three words as Severity; GitHub calls the last one a notice.
_GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

# What a workflow command may not hold as it is, in its data and in the properties before it.
_GITHUB_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Render as a JSON list of flat objects; the place is null where a diagnostic has none, the end is exclusive."""
    return _dump([_flat(item) for item in in_file_order(diagnostics)])


def render_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """Render as one SARIF 2.1.0 run whose rules are the codes that occur. Raises `KeyError` for an undeclared code."""
    items = in_file_order(diagnostics)
    codes = sorted({item.code for item in items})
    driver: dict[str, _Json] = {
        "name": "naftiko",
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run: dict[str, _Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes.index(item.code)) for item in items],
    }
    return _dump({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def render_github(diagnostics: Sequence[Diagnostic]) -> str:
    """Render as GitHub workflow commands, one a line, without a line break at the end."""
    return "\n".join(_command(item) for item in in_file_order(diagnostics))


def _dump(value: _Json) -> str:
    # ASCII only: a lone surrogate or a C1 control from a checked file can't reach a terminal or break the encoding.
    return json.dumps(value, indent=2, ensure_ascii=True)


def _flat(item: Diagnostic) -> dict[str, _Json]:
    span = item.span
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        "file": item.file,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "endLine": span.end_line if span else None,
        "endColumn": span.end_column if span else None,
        "pointer": item.pointer,
        "help": item.help,
    }


def _rule(code: str) -> dict[str, _Json]:
    """A reporting descriptor (SARIF §3.49). There is no `helpUri`: the pages travel with the program."""
    row = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": row.title},
        "help": {"text": f"naftiko explain {code}"},
        "defaultConfiguration": {"level": row.severity.value},
        "properties": {"tags": [row.family]},
    }


def _result(item: Diagnostic, rule_index: int) -> dict[str, _Json]:
    """A result (SARIF §3.27)."""
    result: dict[str, _Json] = {
        "ruleId": item.code,
        "ruleIndex": rule_index,
        "level": item.severity.value,
        "message": {"text": _whole_message(item)},
        "locations": [_location(item.file, item.span, item.pointer)] if item.file else [],
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": place.message}, **_location(place.file, place.span)}
            for number, place in enumerate(item.related, start=1)
        ]
    return result


def _location(file: str, span: Span | None, pointer: str = "") -> dict[str, _Json]:
    """A location (SARIF §3.28). Our spans have the same origin and the same exclusive end as its regions."""
    physical: dict[str, _Json] = {"artifactLocation": {"uri": _uri(file)}}
    if span is not None:
        physical["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    location: dict[str, _Json] = {"physicalLocation": physical}
    if pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": pointer}]
    return location


def _uri(file: str) -> str:
    """A file name as a URI reference (RFC 3986): absolute names get the `file` scheme, relative ones stay relative."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")


def _command(item: Diagnostic) -> str:
    properties: dict[str, str] = {"file": item.file} if item.file else {}
    properties |= _github_place(item.span)
    properties["title"] = item.code
    listed = ",".join(f"{name}={_escaped(value, _GITHUB_PROPERTY)}" for name, value in properties.items())
    data = _escaped(_whole_message(item), _GITHUB_DATA)
    return f"::{_GITHUB_COMMANDS[item.severity]} {listed}::{data}"


def _escaped(text: str, table: Mapping[int, str]) -> str:
    return visible(text, keep="\r\n").translate(table)


def _github_place(span: Span | None) -> Mapping[str, str]:
    if span is None:
        return {}
    if span.end_line != span.line:
        # The runner drops columns from an annotation of several lines, with a complaint in the log.
        return {"line": str(span.line), "endLine": str(span.end_line)}
    return {
        "line": str(span.line),
        "col": str(span.column),
        "endLine": str(span.end_line),
        "endColumn": str(span.end_column),
    }


def _whole_message(item: Diagnostic) -> str:
    return f"{item.message}\nhelp: {item.help}" if item.help else item.message
