"""Compiles the builder of an upstream request: admitted arguments → one `UpstreamRequest` (C14).

Whatever does not depend on the caller is put together here, once: the base address, the credential, constant headers
and query pairs. A request without inputs is one constant value. What is left to do per call is to spell the caller's
values in their places, and to refuse those that can't stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from naftiko_runtime.errors import AddressError, ArgumentError, FieldError
from naftiko_runtime.plan.authentication.credentials import Credential
from naftiko_runtime.plan.inputs.drafts import is_document
from naftiko_runtime.plan.inputs.slots import Slot, Slots
from naftiko_runtime.plan.model.call import Arguments, Place, UpstreamRequest
from naftiko_runtime.plan.requests.body import BodyTemplate, Build, compile_body, compile_document, compile_fields
from naftiko_runtime.plan.requests.multipart import CONTENT_TYPE, content_type_of
from naftiko_runtime.plan.requests.url import compile_path, compile_query
from naftiko_runtime.plan.text.addresses import query_values, split_address
from naftiko_runtime.plan.text.values import ABSENT, UnfitValue, cookie_value, header_value
from naftiko_runtime.plan.wiring.sources import Find, Read, Source, Sources

BuildRequest = Callable[[Arguments], UpstreamRequest]


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """All that a request is made from. `base` is None where the API has no usable address; `why` then says why."""

    method: str
    base: str | None
    why: str
    slots: Slots
    sources: Sources
    find: Find
    body: BodyTemplate | None
    credential: Credential
    accept: str


def compile_request(template: RequestTemplate) -> BuildRequest:
    """The builder of a request. It raises ArgumentError for values that can't travel, AddressError without a base."""
    if template.base is None:
        return _refuse(template.why)
    build_path = compile_path(template.slots, template.find)
    build_query = compile_query(template.slots, template.sources, template.find, template.credential.query)
    build_headers = _compile_headers(template)
    build_content, content_type = _compile_content(template)
    base, method = template.base, template.method
    _, base_path = split_address(base)
    negotiated = template.credential.negotiated
    withheld = query_values([key for key, _ in template.credential.query])

    def build(arguments: Arguments) -> UpstreamRequest:
        problems: list[FieldError] = []
        path = build_path(arguments, problems)
        query = build_query(arguments, problems)
        headers = build_headers(arguments, problems)
        if problems:
            raise ArgumentError(problems)
        content = None if build_content is None else _content(build_content, arguments)
        if content is not None:
            headers = _with_content_type(headers, content_type, content)
        url = f"{base}{path}?{query}" if query else f"{base}{path}"
        path = f"{base_path}{path}" or "/"
        return UpstreamRequest(method, url, headers, content, path, negotiated, withheld=withheld)

    return _folded(build, template)


def refusing(names: Sequence[str]) -> BuildRequest:
    """A builder for a request that can't be made rightly, because it has no place for the values of these names."""
    problems = [FieldError(name, "has no place in the request: the called operation has no inputs") for name in names]

    def build(arguments: Arguments) -> UpstreamRequest:
        raise ArgumentError(problems)

    return build


def _content(build: Build, arguments: Arguments) -> bytes | None:
    try:
        return build(arguments)
    except (ValueError, TypeError, RecursionError):
        # Lone surrogates, numbers that are none, values of Python's own, depth: no JSON text says them.
        raise ArgumentError([FieldError("body", "holds a value that can't be written as JSON")]) from None


def _folded(build: BuildRequest, template: RequestTemplate) -> BuildRequest:
    """A request that depends on no argument is built once."""
    if not all(source.is_constant for source in template.sources.values()):
        return build
    try:
        request = build({})
    except ArgumentError:
        return build
    return lambda arguments: request


def _refuse(why: str) -> BuildRequest:
    def build(arguments: Arguments) -> UpstreamRequest:
        raise AddressError(why)

    return build


def _with_content_type(
    headers: tuple[tuple[str, str], ...], content_type: str, content: bytes
) -> tuple[tuple[str, str], ...]:
    if content_type == CONTENT_TYPE:
        # Whatever the text fixes: without this boundary nobody can read the parts.
        return (*(pair for pair in headers if pair[0] != "content-type"), ("content-type", content_type_of(content)))
    if any(name == "content-type" for name, _ in headers):
        return headers
    return (*headers, ("content-type", content_type))


HeaderBuild = Callable[[Arguments, list[FieldError]], tuple[tuple[str, str], ...]]


def _compile_headers(template: RequestTemplate) -> HeaderBuild:
    fixed: list[tuple[str, str]] = []
    open_headers: list[tuple[str, str, Read]] = []
    cookies: list[tuple[str, str, Read]] = []
    for slot in template.slots.slots:
        source = template.sources.get(slot.name)
        if source is None or slot.is_template:
            continue
        if slot.place is Place.COOKIE:
            cookies.append((slot.name, *source.named(slot.name)))
        elif slot.place is Place.HEADER:
            _add_header(slot, source, fixed, open_headers)
    accepts = any(name == "accept" for _, name, _ in open_headers)
    if not accepts and not any(name == "accept" for name, _ in fixed):
        fixed.append(("accept", template.accept))
    fixed += [pair for pair in template.credential.headers if pair[1]]
    constant_headers = tuple(fixed)
    if not open_headers and not cookies:
        return lambda arguments, problems: constant_headers

    def build(arguments: Arguments, problems: list[FieldError]) -> tuple[tuple[str, str], ...]:
        headers = fixed.copy()
        for field, name, read in open_headers:
            _append(headers, field, name, read(arguments), problems)
        if accepts and not any(name == "accept" for name, _ in headers):
            headers.append(("accept", template.accept))
        pairs = [pair for name, field, read in cookies if (pair := _cookie(name, field, read(arguments), problems))]
        if pairs:
            headers.append(("cookie", "; ".join(pairs)))
        return tuple(headers)

    return build


def _add_header(
    slot: Slot, source: Source, fixed: list[tuple[str, str]], open_headers: list[tuple[str, str, Read]]
) -> None:
    name = slot.name.lower()
    if source.is_constant:
        try:
            fixed.append((name, header_value(source.read({}))))
            return
        except UnfitValue:
            # A finding says so where it is written; should the plan be used all the same, each call is refused.
            pass
    field, read = source.named(slot.name)
    open_headers.append((field, name, read))


def _append(headers: list[tuple[str, str]], field: str, name: str, value: object, problems: list[FieldError]) -> None:
    if value is ABSENT or value is None:
        return
    try:
        headers.append((name, header_value(value)))
    except UnfitValue as unfit:
        problems.append(FieldError(field, str(unfit)))


def _cookie(name: str, field: str, value: object, problems: list[FieldError]) -> str:
    if value is ABSENT or value is None:
        return ""
    try:
        return f"{name}={cookie_value(value)}"
    except UnfitValue as unfit:
        problems.append(FieldError(field, str(unfit)))
        return ""


def _compile_content(template: RequestTemplate) -> tuple[Build | None, str]:
    declared = [slot for slot in template.slots.slots if slot.place is Place.BODY and not slot.is_template]
    fields = tuple((slot.name, template.sources[slot.name]) for slot in declared if slot.name in template.sources)
    if template.body is not None:
        return compile_body(template.body, template.find, fields), template.body.content_type
    if not fields:
        return None, ""
    sole = declared[0].parameter
    if sole is not None and is_document(sole, len(declared)):
        return compile_document(fields[0][1]), "application/json"
    return compile_fields(fields), "application/json"
