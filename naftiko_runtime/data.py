"""Where do the files live that travel with the package?

Schemas, demo specs and the pages of error codes are kept at the top of the repository, where people look for them, and
are packed into the wheel below `_data`. This module is the one place that knows both layouts; it opens nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["schemas", "specs", "errors"]

_PACKAGE = Path(__file__).parent

_IN_CHECKOUT: dict[Kind, str] = {
    "schemas": "schemas",
    "specs": "specs",
    "errors": "docs/errors",
}


def data_path(kind: Kind, name: str) -> Path:
    """The path of the file `name` of a kind; of the kind's whole folder where `name` is empty.

    In a wheel it lies inside the package; in a checkout or an editable installation at the top of the repository. The
    path may lead to nothing: opening it tells.
    """
    packed = _PACKAGE / "_data"
    folder = packed / kind if packed.is_dir() else _PACKAGE.parent / _IN_CHECKOUT[kind]
    return folder / name
