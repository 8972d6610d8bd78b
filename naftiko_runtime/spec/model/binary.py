"""Reading what a text says of bytes: their media type, and how many there may be (language §4.8, §13.3)."""

from __future__ import annotations

from naftiko_runtime.spec.model.capability import Binary
from naftiko_runtime.spec.model.fields import Fields


def read_size(fields: Fields) -> Binary:
    """The `maxBinarySize` of an adapter."""
    return Binary("", fields.values.get("maxBinarySize"), (*fields.at, "maxBinarySize"), fields.at)


def read_consumed_binary(fields: Fields) -> Binary:
    """`outputMediaType` and `maxBinarySize` of a consumed operation."""
    at = (*fields.at, "outputMediaType")
    return Binary(fields.text("outputMediaType"), fields.values.get("maxBinarySize"), (*fields.at, "maxBinarySize"), at)


def read_exposed_binary(fields: Fields, adapter: Binary) -> Binary:
    """What an operation, a tool or a function says of the bytes it answers with, and its adapter of their number: the
    `responseBinary` of an operation, the binary content among its `responses`, the `outputMediaType` of a function.
    """
    brief = fields.mapping("responseBinary")
    if brief.text("mediaType"):
        return Binary(brief.text("mediaType"), adapter.size, adapter.size_at, (*brief.at, "mediaType"))
    responses = fields.mapping("responses")
    for status in responses.values:
        content = responses.mapping(status).mapping("content")
        for media_type in content.values:
            if str(status).startswith("2") and content.mapping(media_type).boolean("binary"):
                return Binary(media_type, adapter.size, adapter.size_at, (*content.at, media_type))
    at = (*fields.at, "outputMediaType")
    return Binary(fields.text("outputMediaType"), adapter.size, adapter.size_at, at)
