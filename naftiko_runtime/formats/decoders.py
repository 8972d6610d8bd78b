"""Which decoder reads a format of the language? Chosen and compiled when a capability is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from naftiko_runtime.formats.avro import compile_avro
from naftiko_runtime.formats.charset import decode_plain
from naftiko_runtime.formats.delimited import SEPARATORS, delimited
from naftiko_runtime.formats.html import compile_html
from naftiko_runtime.formats.markdown import compile_markdown
from naftiko_runtime.formats.model import Decode
from naftiko_runtime.formats.protobuf import compile_protobuf
from naftiko_runtime.formats.xml import decode_xml
from naftiko_runtime.formats.yaml import decode_yaml

_FIXED: Mapping[str, Decode] = {
    "xml": decode_xml,
    "yaml": decode_yaml,
    "text": decode_plain,
    **{name: delimited(name) for name in SEPARATORS},
}
_SELECTING: Mapping[str, Callable[[str], Decode]] = {"html": compile_html, "markdown": compile_markdown}
_SCHEMATIC: Mapping[str, Callable[[bytes | None], Decode]] = {"avro": compile_avro, "protobuf": compile_protobuf}


def compile_decoder(name: str, schema: str, content: bytes | None) -> Decode | None:
    """The decoder of the format `name`; None where there is none (`json`, which the engine reads itself, `binary`).

    `schema` is the text of `outputSchema`, `content` what is in the file it names, if it names one. Raises SchemaError
    for a schema that can't be used, MissingExtraError where the format's library is not installed.
    """
    if name in _SELECTING:
        return _SELECTING[name](schema)
    if name in _SCHEMATIC:
        return _SCHEMATIC[name](content)
    return _FIXED.get(name)
