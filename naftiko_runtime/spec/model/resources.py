"""Reading the resources of an MCP adapter: what clients may read, from calls or from files (language §6.4).

A resource says what it does like a tool does, or it says where files lie. The files themselves are looked at when a
client asks, because whoever keeps them edits them; here it is only decided that they lie below the capability's folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from naftiko_runtime.spec.model.fields import Fields
from naftiko_runtime.spec.text.document import Pointer
from naftiko_runtime.spec.text.material import MaterialError

if TYPE_CHECKING:
    from naftiko_runtime.spec.model.capability import Behaviour


@dataclass(frozen=True, slots=True)
class Resource:
    """One MCP resource. `path` is the file or folder that `location` means; None without one, or where it is refused.
    It is not to lead out of `root`.

    `mime_type` is empty where the text says none.
    """

    name: str
    label: str
    uri: str
    description: str
    mime_type: str
    location: str | None
    root: Path | None
    path: Path | None
    behaviour: Behaviour
    at: Pointer


def read_resource(fields: Fields, behaviour: Behaviour) -> Resource:
    """One MCP resource, of which the `behaviour` is read already."""
    location = fields.optional_text("location")
    return Resource(
        name=fields.text("name"),
        label=fields.text("label"),
        uri=fields.text("uri"),
        description=fields.text("description"),
        mime_type=fields.text("mimeType"),
        location=location,
        root=fields.material.root,
        path=None if location is None else _located(fields, location),
        behaviour=behaviour,
        at=fields.at,
    )


def _located(fields: Fields, location: str) -> Path | None:
    try:
        return fields.material.locate(location)
    except MaterialError as error:
        fields.material.refuse((*fields.at, "location"), location, error)
        return None
