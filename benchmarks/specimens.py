"""Which capability files fill a folder that is measured? As many different ones as are asked for, and one huge one.

Each has the shape of the files this project was founded on: one consumed API, every operation of it behind one REST
route and one tool. They differ in their namespaces, paths and descriptions, as a catalogue's files do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OPERATIONS = 8
"""How many operations a file of the folder has."""

LARGEST_OPERATIONS = 1158
"""How many operations the huge file has: as many as the largest public one, of 1.8 MB."""

VARIABLE = "SPECIMEN_API_KEY"
"""The one variable that all files read."""

REST_PORT = 8080
MCP_PORT = 9090

_SUBJECTS = ("invoices", "parcels", "sensors", "tickets", "vessels", "lessons", "harvests", "archives", "permits")
_PADDING = " Answers with the record as it was last written, and with its history where one is kept."
_LARGEST_PADDING = 1


class _Kind(NamedTuple):
    """One operation. `path` follows the collection's; `inputs` are names, places and types."""

    name: str
    method: str
    path: str
    text: str
    inputs: tuple[tuple[str, str, str], ...]


_KEY = ("record_id", "path", "string")
_PAGE = (("after", "query", "string"), ("limit", "query", "integer"))
_KINDS = (
    _Kind("list", "GET", "", "List all {subject} of a workspace.", _PAGE),
    _Kind("import", "POST", "/imports", "Import many {subject} at once.", (("body", "body", "object"),)),
    _Kind("get", "GET", "/{{{key}}}", "Get one of the {subject}.", (_KEY,)),
    _Kind("cancel", "POST", "/{{{key}}}/cancel", "Cancel one of the {subject} at once.", (_KEY,)),
    _Kind("events", "GET", "/{{{key}}}/events", "List what happened to one of the {subject}.", (_KEY, *_PAGE)),
    _Kind("notes", "GET", "/{{{key}}}/notes", "List the notes on one of the {subject}.", (_KEY,)),
    _Kind("owner", "PUT", "/{{{key}}}/owner", "Hand over one of the {subject}.", (_KEY, ("body", "body", "object"))),
    _Kind("purge", "DELETE", "/{{{key}}}/cache", "Forget the cached parts of one of the {subject}.", (_KEY,)),
)


class Specimen(NamedTuple):
    """One capability file. `namespace` is the one it consumes; `listing` is the path of its first route."""

    namespace: str
    listing: str
    text: str


def specimen(number: int, upstream: str, *, revision: str = "") -> Specimen:
    """The file of a number, about 10 KB. Another `revision` (letters and digits) has its last route elsewhere."""
    return _specimen(number, upstream, OPERATIONS, revision, 0)


def largest(upstream: str) -> Specimen:
    """One file of about 1.8 MB."""
    return _specimen(0, upstream, LARGEST_OPERATIONS, "", _LARGEST_PADDING)


def write_folder(folder: Path, count: int, upstream: str) -> list[Specimen]:
    """Fill a folder with the files of the numbers 0 to `count`; returns them in order."""
    written = [specimen(number, upstream) for number in range(count)]
    for item in written:
        file_in(folder, item).write_text(item.text, encoding="utf-8")
    return written


def file_in(folder: Path, item: Specimen) -> Path:
    """Where a specimen lies."""
    return folder / f"{item.namespace}.yaml"


def revised_path(number: int, revision: str) -> str:
    """The path of the route that only this revision of a file has."""
    return f"/v1/{_SUBJECTS[number % len(_SUBJECTS)]}-{number}/record-1/{revision}"


def _specimen(number: int, upstream: str, operations: int, revision: str, padding: int) -> Specimen:
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    namespace = f"{subject}-{number}" if operations == OPERATIONS else "largest"
    written = list(_operations(namespace, operations, revision, padding))
    parts = [_head(subject, namespace, operations, upstream)]
    parts += [consumed for consumed, _, _ in written]
    parts.append(_rest_head(namespace, subject))
    parts += [rest for _, rest, _ in written]
    parts.append(_mcp_head(namespace, subject))
    parts += [tool for _, _, tool in written]
    listing = f"/v1/{namespace}" + ("" if operations == OPERATIONS else "-0")
    return Specimen(namespace, listing, "".join(parts))


def _operations(namespace: str, count: int, revision: str, padding: int) -> Iterator[tuple[str, str, str]]:
    """Each operation as the text of what is consumed, of its REST resource and of its tool."""
    subject = namespace.partition("-")[0]
    for index in range(count):
        kind = _KINDS[index % len(_KINDS)]
        group = index // len(_KINDS)
        name = kind.name if count == OPERATIONS else f"{kind.name}{group}"
        collection = namespace if count == OPERATIONS else f"{namespace}-{group}"
        if revision and index == count - 1:
            kind = kind._replace(method="GET", path="/{{{key}}}/" + revision)
        text = kind.text.format(subject=subject) + _PADDING * padding
        yield (
            _consumed(kind, name, collection, text),
            _resource(kind, name, namespace, collection, text),
            _tool(kind, name, namespace, text),
        )


def _head(subject: str, namespace: str, operations: int, upstream: str) -> str:
    return f"""naftiko: 1.0.0-alpha2
info:
  label: The {subject} of workspace {namespace}
  description: 'Keeps the {subject} of one workspace. {operations} operations, with one route and one tool each.'
  tags:
  - {subject}
  created: '2026-05-19'
  modified: '2026-05-19'
binds:
- namespace: env
  keys:
    {VARIABLE}: {VARIABLE}
capability:
  consumes:
  - type: http
    namespace: {namespace}
    baseUri: {upstream}
    description: The service that keeps the {subject}.
    authentication:
      type: bearer
      token: '{{{{env.{VARIABLE}}}}}'
    resources:
"""


def _rest_head(namespace: str, subject: str) -> str:
    return f"""  exposes:
  - type: rest
    namespace: {namespace}-rest
    port: {REST_PORT}
    description: The {subject} over REST, with one resource for each consumed operation.
    resources:
"""


def _mcp_head(namespace: str, subject: str) -> str:
    return f"""  - type: mcp
    namespace: {namespace}-mcp
    port: {MCP_PORT}
    transport: http
    description: The {subject} over MCP, with one tool for each consumed operation.
    tools:
"""


def _consumed(kind: _Kind, name: str, collection: str, text: str) -> str:
    inputs = "".join(
        f"        - name: {key}\n          in: {place}\n          type: {kind_of}\n"
        f"          description: The {key.replace('_', ' ')}.\n"
        + ("" if place == "query" else "          required: true\n")
        for key, place, kind_of in kind.inputs
    )
    return f"""    - name: {name}
      path: /{collection}{kind.path.format(key="record_id")}
      operations:
      - name: {name}
        method: {kind.method}
        description: {text}
        outputRawFormat: json
        inputParameters:
{inputs}        outputParameters:
        - name: result
          type: object
          value: $.
"""


def _resource(kind: _Kind, name: str, namespace: str, collection: str, text: str) -> str:
    return f"""    - path: /v1/{collection}{kind.path.format(key="record-id")}
      name: {name}
      operations:
      - method: {kind.method}
        name: {name}
        description: {text}
        call: {namespace}.{name}
        with:
{_with(kind, "rest", "          ")}        outputParameters:
        - type: object
          mapping: $.
"""


def _tool(kind: _Kind, name: str, namespace: str, text: str) -> str:
    reads = str(kind.method == "GET").lower()
    return f"""    - name: {name}-{namespace}
      description: {text}
      hints:
        readOnly: {reads}
        destructive: {str(kind.method == "DELETE").lower()}
        idempotent: {reads}
      call: {namespace}.{name}
      with:
{_with(kind, "tools", "        ")}      outputParameters:
      - type: object
        mapping: $.
"""


def _with(kind: _Kind, face: str, indent: str) -> str:
    return "".join(f"{indent}{key}: {face}.{key}\n" for key, _, _ in kind.inputs)
