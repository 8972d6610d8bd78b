"""Each rule with texts that break it, the places marked, and the same text right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from naftiko_runtime.diagnostics import CODES
from naftiko_runtime.lint.rules import RULES, SHARING, lint
from naftiko_runtime.spec.load import read_spec, read_text
from tests.spec.places import marked, place

ROOT = Path(__file__).resolve().parents[2]
HEAD = "naftiko: 1.0.0-alpha2\n"


class Case(NamedTuple):
    """A file that breaks one rule where it is marked, and what to write instead of `old` to mend it."""

    code: str
    text: str
    old: str
    new: str


def api(**keys: str) -> str:
    more = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"capability: {{consumes: [{{type: http, namespace: api, description: A.{more}}}]}}"


def rest(resource: str, operation: str = "method: GET, description: D.") -> str:
    resource = f"{{name: r, {resource}, operations: [{{{operation}}}]}}"
    return f"capability: {{exposes: [{{type: rest, namespace: rest, resources: [{resource}]}}]}}"


def guarded(keys: str, mark: str = "") -> str:
    return f"capability: {{exposes: [{{type: rest, {mark}authentication: {{{keys}}}}}]}}"


def referring(semantics: str, tool: str = "ref: a.f", operation: str = "method: GET, ref: a.f") -> str:
    function = f"{{name: f, description: F., semantics: {{{semantics}}}}}"
    return (
        f"capability:\n  aggregates: [{{namespace: a, functions: [{function}]}}]\n"
        f"  exposes:\n  - {{type: mcp, namespace: m, tools: [{{{tool}}}]}}\n"
        f"  - {{type: rest, resources: [{{description: R., path: /, operations: [{{{operation}}}]}}]}}\n"
    )


def script(step: str, scripting: str = "") -> str:
    control = f"{{type: control, management: {{scripting: {{{scripting}}}}}}}"
    return f"capability:\n  exposes: [{control}, {{type: mcp, tools: [{{steps: [{step}]}}]}}]\n"


CASES = [
    Case(
        "NK0001",
        "binds: [{namespace: ships}]\ncapability: {consumes: [{namespace: fleet, description: F.}],"
        " exposes: [{namespace: ‸fleet}], binds: [{namespace: ‸ships}]}",
        "namespace: ‸",
        "namespace: other-",
    ),
    Case("NK0001", "consumes: [{namespace: a, description: A.}, {namespace: ‸a, description: A.}]", "‸a", "b"),
    Case("NK0002", "capability: {exposes: [{type: mcp, tools: [{steps: [{name: ‸get.it}]}]}]}", "‸get.it", "get_it-2"),
    Case("NK0002", "aggregates: [{functions: [{description: F., steps: [{name: ‸a b}]}]}]", "‸a b", "ab"),
    Case("NK0003", api(baseUri="‸https://a.org/v1/"), "‸https://a.org/v1/", "https://a.org/v1"),
    Case("NK0004", api(baseUri="‸https://api.example.com/v1"), "‸https://api.example.com", "https://example.dev"),
    Case("NK0004", api(baseUri="‸http://example.net"), "‸http://example.net", "'https://[bad'"),
    Case("NK0005", "capability: {exposes: [{type: mcp, address: ‸example.com}]}", "‸example.com", "127.0.0.1"),
    Case("NK0006", rest("description: R., path: ‸/a/"), "‸/a/", "/a"),
    Case("NK0006", rest("description: R., path: ‸/a//"), "‸/a//", "/"),
    Case("NK0007", rest("description: R., path: ‸'/a?b={b}'"), "‸'/a?b={b}'", "/a"),
    Case("NK0008", "capability: {exposes: [{type: control, address: ‸0.0.0.0}]}", "‸0.0.0.0", "localhost"),
    Case("NK0008", "capability: {exposes: [{type: control, address: ‸10.0.0.1}]}", ", address: ‸10.0.0.1", ""),
    Case("NK0009", "capability: {exposes: [{type: control}, {‸type: control}]}", "‸type: control", "type: mcp"),
    Case("NK0009", "capability: {exposes: [{type: mcp, port: 1}, {type: control, port: ‸1}]}", "‸1", "2"),
    Case("NK0009", "capability: {exposes: [{type: mcp, port: 1}, {type: control, port: ‸1}]}", ", port: ‸1", ""),
    Case("NK0010", api(baseUri="‸https://a.org", tunnel="{}"), "‸https://a.org", "http://ships.ziti"),
    Case("NK0010", api(baseUri="‸https://a.org", tunnel="{}"), "‸https://a.org", "http://ships"),
    Case("NK0010", api(baseUri="‸https://a.org", tunnel="{}"), ", tunnel: {}", ""),
    Case("NK0011", "‸info: {label: L}\ncapability: {}", "{label: L}", "{label: L, tags: [a]}"),
    Case("NK0011", "info: {label: L, ‸tags: []}\ncapability: {}", "[]", "[a]"),
    Case("NK0012", "capability: {consumes: [{‸namespace: a}]}", "‸namespace: a", "namespace: a, description: A."),
    Case("NK0012", "consumes: [{‸namespace: a, description: ' '}]", "' '", "A."),
    Case("NK0013", rest("path: /a").replace("{name: r", "{‸name: r"), "‸name: r", "description: R."),
    Case("NK0014", rest("description: R., path: /a", "‸method: GET"), "‸method: GET", "description: D."),
    Case("NK0014", rest("description: R., path: /a", "‸method: GET"), "‸method: GET", "ref: a.b"),
    Case("NK0015", "aggregates: [{functions: [{‸name: f}]}]", "‸name: f", "name: f, description: F."),
    Case("NK0016", "info: {tags: [a], description: ‸'<Script src=x>'}", "‸'<Script src=x>'", "a script"),
    Case("NK0016", "capability: {exposes: [{tools: [{label: ‸'< script'}]}]}", "‸'< script'", "'<scripture'"),
    Case("NK0017", "info: {tags: [a], label: ‸'eval (x)'}", "‸'eval (x)'", "medieval (x)"),
    Case("NK0018", "capability: {exposes: [{type: mcp, transport: stdio, ‸authentication: {}}]}", "stdio", "http"),
    Case(
        "NK0019",
        guarded("type: oauth2, scopes: [a], authorizationServerUri: ‸http://a.org"),
        "‸http://a.org",
        "HTTPS://a.org",
    ),
    Case("NK0019", guarded("type: oauth2, scopes: [a], authorizationServerUri: ‸http://a"), "‸http://a", "'{{URI}}'"),
    Case("NK0019", guarded("type: oauth2, scopes: [a], authorizationServerUri: ‸http://a"), "oauth2", "bearer"),
    Case("NK0020", guarded("type: oauth2, scopes: [a], resource: ‸http://a.org"), "‸http://", "https://"),
    Case("NK0021", guarded("type: oauth2", "‸"), "type: oauth2", "type: oauth2, scopes: [a]"),
    Case("NK0022", api(tunnel="{identity: ‸secret}"), "‸secret", "'{{IDENTITY}}'"),
    Case("NK0023", api(tunnel="{fallback: ‸direct}"), "‸direct", "fail"),
    Case("NK0024", referring("safe: true", "ref: a.f, hints: {readOnly: ‸false}"), "‸false", "true"),
    Case("NK0024", referring("safe: true", "ref: a.f, hints: {destructive: ‸true}"), "a.f, hints", "a.g, hints"),
    Case("NK0024", referring("idempotent: false", "ref: a.f, hints: {idempotent: ‸true}"), "‸true", "5"),
    Case("NK0024", referring("safe: true", "ref: a.f, hints: 5", "ref: a.f, method: ‸DELETE"), "‸DELETE", "HEAD"),
    Case("NK0024", referring("safe: false", operation="ref: a.f, method: ‸GET"), "‸GET", "POST"),
    Case("NK0024", referring("idempotent: true", operation="ref: a.f, method: ‸POST"), "‸POST", "PUT"),
    Case("NK0025", script("{‸type: script, name: s, language: python}"), "python}", "python, location: x}"),
    Case("NK0025", script("{‸type: script, location: x}"), "scripting: {}", "scripting: {defaultLanguage: python}"),
    Case("NK0025", script("{‸type: script, name: s, location: x}"), "type: script", "type: call"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}-{index}" for index, case in enumerate(CASES)])
def test_a_rule_tells_the_place_and_is_silent_when_that_is_mended(case: Case) -> None:
    assert case.old in case.text
    text, places = marked(HEAD + case.text)
    found = found_in(text)
    assert [(item.code, place(item)) for item in found if item.code == case.code] == [(case.code, at) for at in places]
    assert all(item.help and item.severity is CODES[item.code].severity for item in found)

    mended, _ = marked(HEAD + case.text.replace(case.old, case.new))
    assert case.code not in [item.code for item in found_in(mended)]


def found_in(text: str):
    reading = read_text(text, "ships.yaml")
    assert reading.is_judged
    assert reading.document is not None
    return lint(reading.document)


def test_every_rule_has_a_case() -> None:
    assert {case.code for case in CASES} == set(RULES)


def test_every_code_of_a_rule_has_its_rule() -> None:
    assert sorted([*RULES, *SHARING]) == [code for code in CODES if code.startswith("NK0")]


@pytest.mark.parametrize(
    "text",
    [
        "info: {tags: [a]}\ncapability: {exposes: [{type: rest, address: 5, resources: 5}]}",
        "consumes: [{import: a}]\ncapability: {}",
        "info: 5\nconsumes: 5\ncapability: 7",
        "capability: {exposes: {a: 1}, consumes: [5, {baseUri: 5}], aggregates: [{functions: [{semantics: 5}]}]}",
        "capability: {exposes: [{type: mcp, tools: [{ref: [a], hints: {readOnly: 1}}]}, {type: control, port: [1]}]}",
    ],
)
def test_what_has_the_wrong_shape_is_none_of_their_business(text: str) -> None:
    assert {item.code for item in found_in(HEAD + text)} <= {"NK0012", "NK0015"}


def test_second_places_are_shown() -> None:
    text, places = marked(f"{HEAD}consumes: [{{‸namespace: a, description: A.}}, {{namespace: ‸a, description: A.}}]")
    [found] = found_in(text)

    assert place(found) == places[1]
    [related] = found.related
    assert (related.span.line, related.span.column) == places[0]


def test_the_pointers_are_those_of_the_text() -> None:
    text = "ikanos: 1.0.0-beta5\naggregates: [{namespace: a, flows: {find: {call: a.b}}}]\n"

    assert [item.pointer for item in found_in(text)] == ["/aggregates/0/flows/find"]


SOURCE = HEAD + "consumes:\n- {type: http, namespace: a, ‸baseUri: 'https://a.org/', resources: []}\n"


def test_what_is_imported_is_judged_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SOURCE.replace("‸", ""))
    (tmp_path / "b.yaml").write_text(HEAD + "capability: {consumes: [{location: a.yaml, import: a}]}")
    document = read_spec(tmp_path / "b.yaml").document
    assert document is not None
    found = lint(document)

    assert [(item.code, item.file) for item in found] == [
        ("NK0012", str(tmp_path / "a.yaml")),
        ("NK0003", str(tmp_path / "a.yaml")),
    ]
    assert [item.related[0].message for item in found] == ["imported here"] * 2


@pytest.mark.parametrize(
    ("location", "capability", "codes"),
    [
        ("a.yaml", "capability: {}\n", []),
        ("b.yaml", "capability: {}\n", ["NK0026"]),
        ("a.yaml", "", ["NK0027"]),
        ("b.yaml", "", ["NK0026", "NK0027"]),
    ],
)
def test_imports_that_lead_in_circles_are_told_at_their_entry(
    tmp_path: Path, location: str, capability: str, codes: list[str]
) -> None:
    (tmp_path / "a.yaml").write_text(SOURCE.replace("‸", ""))
    entry = f"- {{location: {location}, import: a, as: b}}\n"
    text = f"{HEAD}{capability}{SOURCE.replace('‸', '').removeprefix(HEAD)}{entry}"
    if capability:
        text = text.replace("capability: {}\nconsumes:", "capability:\n  consumes:").replace("\n-", "\n  -")
    (tmp_path / "b.yaml").write_text(text)
    document = read_spec(tmp_path / "b.yaml").document
    assert document is not None
    found = [item for item in lint(document) if item.code in SHARING]

    assert [(item.code, item.file) for item in found] == [(code, str(tmp_path / "b.yaml")) for code in codes]
    assert {place(item)[0] for item in found} <= {len(text.splitlines())}


OFFICIAL = ROOT.parent / "shared" / "reference" / "official" / "alpha2" / "rules"


@pytest.mark.skipif(not OFFICIAL.exists(), reason="needs the official samples, which are not part of the project")
@pytest.mark.parametrize("path", sorted(OFFICIAL.glob("*.y*ml")), ids=lambda path: path.name)
def test_the_official_samples_break_the_rule_they_are_named_after(path: Path) -> None:
    document = read_spec(path).document
    assert document is not None
    is_wrong = re.search("invalid|inconsisten|negative|bad|mismatch|conflict", path.name) is not None

    assert ("NK0024" in [item.code for item in lint(document)]) == is_wrong
