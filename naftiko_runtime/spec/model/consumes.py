"""Reading `consumes`: the upstream APIs and their operations."""

from __future__ import annotations

import re

from naftiko_runtime.spec.model.authentication import read_authentication
from naftiko_runtime.spec.model.binary import read_consumed_binary
from naftiko_runtime.spec.model.capability import ConsumedOperation, Consumes, InputParameter
from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.model.parameters import inner_wins, read_body, read_inputs, read_outputs

_OFFICIAL_NAME = re.compile(r"[a-zA-Z0-9-]+\Z")
_OFFICIAL_BASE = re.compile(r"https?://[^/]+(/[^{]*)?\Z")

FILED = ("avro", "protobuf")
"""Formats whose `outputSchema` names a file."""


def read_consumes(fields: Fields) -> Consumes:
    """One entry of `consumes`."""
    base_uri = fields.template("baseUri")
    if not base_uri or ("{" in base_uri and not _OFFICIAL_BASE.match(base_uri)):
        fields.note("a `baseUri` that is empty, absent or has placeholders", "baseUri")
    namespace = fields.text("namespace")
    inputs = read_inputs(fields, consumed=True)
    operations = tuple(
        operation for resource in fields.items("resources") for operation in _read_resource(resource, namespace, inputs)
    )
    authentication = read_authentication(fields)
    if authentication is not None and "tokenValidation" in authentication.fields:
        # It says how tokens of callers are checked; here a token is what we are given.
        fields.relaxations.pass_over("tokenValidation", (*authentication.at, "tokenValidation"))
    return Consumes(namespace, base_uri, authentication, operations, inputs, "tunnel" in fields, fields.at)


def _read_resource(
    resource: Fields, namespace: str, inherited: tuple[InputParameter, ...]
) -> tuple[ConsumedOperation, ...]:
    if not _OFFICIAL_NAME.match(resource.text("name")):
        resource.note("names of consumed resources beyond letters, digits and `-`", "name")
    inherited = inner_wins(inherited, read_inputs(resource, consumed=True))
    return tuple(_read_operation(fields, resource, namespace, inherited) for fields in resource.items("operations"))


def _read_operation(
    fields: Fields, resource: Fields, namespace: str, inherited: tuple[InputParameter, ...]
) -> ConsumedOperation:
    owner = fields if "path" in fields else resource
    if owner is fields:
        fields.note("a consumed operation with a `path` of its own", "path")
    method = fields.text("method").upper() or "GET"
    if method in ("HEAD", "OPTIONS"):
        fields.note("the methods HEAD and OPTIONS", "method")
    output_format = _read_format(fields)
    is_filed = output_format in FILED and fields.text("outputSchema") != ""
    return ConsumedOperation(
        namespace=namespace,
        resource=resource.text("name"),
        name=fields.text("name"),
        method=method,
        path=owner.text("path"),
        description=fields.text("description"),
        inputs=inner_wins(inherited, read_inputs(fields, consumed=True)),
        body=read_body(fields),
        output_format=output_format,
        output_schema=fields.text("outputSchema"),
        schema_content=fields.content("outputSchema") if is_filed else None,
        binary=read_consumed_binary(fields),
        outputs=read_outputs(fields, consumed=True),
        at=fields.at,
        path_at=(*owner.at, "path"),
    )


def _read_format(fields: Fields) -> str:
    written = fields.text("outputRawFormat")
    if written != written.lower():
        fields.note("names of formats in capitals", "outputRawFormat")
    return written.lower() or "json"
