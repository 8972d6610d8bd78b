"""What does a media type say of a body: is it text, and in which character set? (RFC 9110 §8.3)"""

from __future__ import annotations

# Media types outside text/* that are read by people, and by models, as text.
_TEXT_TYPES = frozenset(
    {
        "application/ecmascript",
        "application/graphql",
        "application/javascript",
        "application/json",
        "application/jsonl",
        "application/sparql-query",
        "application/toml",
        "application/x-ndjson",
        "application/x-www-form-urlencoded",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
    }
)
_TEXT_SUFFIXES = ("+json", "+xml", "+yaml")  # RFC 6839


def essence(media_type: str) -> tuple[str, str]:
    """A media type without its parameters, in lower case, and its charset, `utf-8` where it names none."""
    kind, _, parameters = media_type.lower().partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return kind.strip(), value.strip(' \t"')
    return kind.strip(), "utf-8"


def is_json(kind: str) -> bool:
    """Whether bodies of a kind call themselves JSON."""
    return kind == "application/json" or kind.endswith("+json")


def is_text(kind: str) -> bool:
    """Whether bodies of a kind are text."""
    return kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(_TEXT_SUFFIXES)


def text_of(content: bytes, charset: str) -> str:
    """The text of a body, as far as it has one: what is no character reads as U+FFFD."""
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
