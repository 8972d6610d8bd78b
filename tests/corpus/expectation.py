"""What must have arrived at the upstream, when a caller gave these arguments?

Worked out from the raw YAML alone: the true operation's method, path template, inputs, body and credential, and the
call's `with`. `differences` compares it with what came, and says each difference in one line.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from tests.corpus.arguments import as_text, fold
from tests.corpus.truth import Consumed, Map
from tests.corpus.worth import ABSENT, PLACEHOLDER, Worth, placeholder_names
from tests.upstream import Received

_OWN_HEADERS = frozenset({"authorization", "accept", "content-type", "content-length", "host"})

_TEXT_OR_PLACEHOLDER = re.compile(r'("(?:[^"\\]|\\.)*")|\{\{[^{}]*\}\}')

Pair = tuple[str, str]


@dataclass(frozen=True)
class Expectation:
    """A request, but for the headers nobody asked for. `missing` are placeholders that nothing fills, `unfed` are
    inputs that a caller should be able to give and did not, each in words.
    """

    method: str
    path: str
    query: tuple[Pair, ...]
    headers: tuple[Pair, ...]
    body: Any
    missing: tuple[str, ...]
    unfed: tuple[str, ...]

    def differences(self, came: Received, base: str) -> Iterator[str]:
        """How a request differs from the expected one, which starts at the path `base`."""
        yield from self.missing
        if came.method != self.method:
            yield f"method {came.method}, truly {self.method}"
        if came.path != base + self.path:
            yield f"path {came.path.removeprefix(base)}, truly {self.path}"
        # Not strictly, because public files write keys without a value into their paths (`?acl`).
        query = sorted(parse_qsl(came.query, keep_blank_values=True))
        if query != sorted(self.query):
            yield f"query {query}, truly {sorted(self.query)}"
        for name, value in self.headers:
            if came.header(name) != value:
                yield f"header {name}: {came.header(name)!r}, truly {value!r}"
        if self.body is ABSENT:
            if came.body:
                yield f"body {came.body[:200]!r}, truly none"
        elif not came.body or json.loads(came.body) != self.body:
            yield f"body {came.body[:200]!r}, truly {json.dumps(self.body)[:200]}"


def expect(target: Consumed, worth: Worth) -> Expectation:
    """The request that calls `target` with these values."""
    declared = {str(item.get("name")): item for item in target.inputs}
    written, _, query = target.path.partition("#")[0].partition("?")
    missing: list[str] = []
    path = _path(written, declared, worth, missing)
    sent = credential(target.authentication, worth.rendered)
    headers = [(name, as_text(value)) for name, value in _given(target, "header", worth)]
    return Expectation(
        target.method,
        path if path.startswith("/") else f"/{path}",
        (*_fixed_query(query, worth), *_query(target, worth), *_placed(sent, "query")),
        (*headers, *_placed(sent, "header")),
        _body(target, worth),
        tuple(missing),
        tuple(_unfed(target, worth)),
    )


def _path(template: str, declared: dict[str, Map], worth: Worth, missing: list[str]) -> str:
    """The path with its placeholders filled."""
    inputs = {fold(name): item for name, item in declared.items() if item.get("in") == "path"}
    names = placeholder_names(template)
    texts = PLACEHOLDER.sub("\0", template).split("\0")
    filled = [texts[0]]
    for index, (name, text) in enumerate(zip(names, texts[1:], strict=True)):
        value = worth.placeholder(name, inputs.get(fold(name)))
        value = worth.at_place(index, len(names)) if value is ABSENT else value
        if value is ABSENT:
            missing.append(f"nothing gives `{name}` of the path")
            value = f"{{{name}}}"
        filled += [quote(as_text(value), safe=""), text]
    return "".join(filled)


def _fixed_query(text: str, worth: Worth) -> Iterator[Pair]:
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        filled = worth.placeholder(placeholder_names(value)[0]) if PLACEHOLDER.fullmatch(value) else value
        if filled is not ABSENT:
            yield name, as_text(filled)


def _query(target: Consumed, worth: Worth) -> Iterator[Pair]:
    for name, value in _given(target, "query", worth):
        for item in value if isinstance(value, list) else [value]:
            yield name, as_text(item)


def _given(target: Consumed, place: str, worth: Worth) -> Iterator[tuple[str, Any]]:
    """The inputs of one place that have a value."""
    for name, value in _inputs(target, place, worth):
        if value is not ABSENT and value is not None:
            yield name, value


def _unfed(target: Consumed, worth: Worth) -> Iterator[str]:
    for place in ("query", "header", "body"):
        for name, value in _inputs(target, place, worth):
            if value is ABSENT and worth.is_fed(name):
                yield f"no caller can give `{name}` (in {place})"


def _inputs(target: Consumed, place: str, worth: Worth) -> Iterator[tuple[str, Any]]:
    """The declared inputs of one place; what fills a placeholder of the path is no input beside it."""
    in_path = {fold(name) for name in placeholder_names(target.path)}
    own = {name.lower() for _, name, _ in _keys(target.authentication or {})}
    for item in target.inputs:
        name = str(item.get("name"))
        if item.get("in") != place or fold(name) in in_path or name.lower() in own:
            continue
        if place == "header" and name.lower() in _OWN_HEADERS:
            continue
        yield name, worth.parameter(name, item)


def _body(target: Consumed, worth: Worth) -> Any:
    body = target.body
    data = body.get("data") if isinstance(body, dict) and "data" in body else body
    inputs = [item for item in target.inputs if item.get("in") == "body"]
    if data is not None:
        return _tree(_structure(data) if isinstance(data, str) else data, worth)
    if len(inputs) == 1 and (inputs[0]["name"] == "body" or inputs[0].get("type") in ("object", "array")):
        return worth.parameter(inputs[0]["name"], inputs[0])
    fields = dict(_given(target, "body", worth))
    return fields or ABSENT


def _structure(text: str) -> Any:
    """A JSON template that was written as text; a placeholder outside of its strings becomes one of them."""
    return json.loads(_TEXT_OR_PLACEHOLDER.sub(lambda found: found[0] if found[1] else f'"{found[0]}"', text))


def _tree(node: Any, worth: Worth) -> Any:
    """A body template filled in: a leaf that is absent takes its key with it."""
    if isinstance(node, dict):
        filled = {key: _tree(child, worth) for key, child in node.items()}
        return {key: value for key, value in filled.items() if value is not ABSENT}
    if isinstance(node, list):
        return [value for child in node if (value := _tree(child, worth)) is not ABSENT]
    return worth.rendered(node)


def _keys(authentication: Map) -> Iterator[tuple[str, str, Any]]:
    """The place, name and value of each key of an `apikey`, in its four spellings."""
    if str(authentication.get("type")).lower() != "apikey":
        return
    if "headers" in authentication:
        for name, value in authentication["headers"].items():
            yield "header", name, value
    elif "header" in authentication:
        yield "header", authentication["header"], authentication.get("key")
    else:
        place = str(authentication.get("in") or authentication.get("placement") or "header")
        yield place, str(authentication.get("name") or authentication.get("key")), authentication.get("value")


def credential(authentication: Map | None, rendered: Callable[[Any], Any]) -> dict[tuple[str, str], str]:
    """A credential by the place and name it travels in; `rendered` fills in the variables of its texts."""
    declared = authentication or {}
    match str(declared.get("type")).lower():
        case "bearer":
            return {("header", "Authorization"): f"Bearer {rendered(declared.get('token'))}"}
        case "basic":
            pair = f"{rendered(declared.get('username'))}:{rendered(declared.get('password'))}"
            return {("header", "Authorization"): "Basic " + base64.b64encode(pair.encode()).decode()}
        case _:
            return {(place, name): as_text(rendered(value)) for place, name, value in _keys(declared)}


def _placed(sent: dict[tuple[str, str], str], place: str) -> list[Pair]:
    return [(name, value) for (at, name), value in sent.items() if at == place]
