"""Which characters do the bytes of a text stand for?

What the document itself begins with counts most (a byte order mark), then what the server says (`charset`), then what
the document says inside (an XML declaration, an HTML `meta`), then UTF-8. Nothing is guessed from the bytes: what is
not text in that character set is refused, because replaced characters are lost ones.
"""

from __future__ import annotations

import codecs
import re

from naftiko_runtime.formats.model import UndecodableError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([A-Za-z0-9._:-]+)", re.IGNORECASE)

# The encodings of the WHATWG, by Python's names. Python has more, some of which (idna, punycode) take quadratic time.
_KNOWN = frozenset(
    {"ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "mac-roman", "koi8-r", "koi8-u", "cp866"}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)}
    | {f"cp{page}" for page in (874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)}
    | {"gbk", "gb2312", "gb18030", "big5", "euc_jp", "iso2022_jp", "shift_jis", "cp932", "euc_kr"}
)


def decode_text(body: bytes, content_type: str, inside: str = "") -> str:
    """The text of a body, without a byte order mark. `inside` is the character set it declares itself, if any.

    Raises UndecodableError for a character set that is not known, and for bytes that it has no characters for.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], name)
    declared = _CHARSET.search(content_type)
    label = declared[1] if declared else inside or "utf-8"
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = ""
    if name not in _KNOWN:
        raise UndecodableError("text in a character set that is not known")
    return _decode(body, name)


def decode_plain(body: bytes, content_type: str) -> object:
    """The decoder of `text`: the whole body is one text."""
    return decode_text(body, content_type)


def _decode(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        raise UndecodableError(f"not text in {name}: the bytes at position {error.start} are no character") from None
