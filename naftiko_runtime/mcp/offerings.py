"""Which resources and prompts are there, and what is a client told of them?

What a plan decides is decided once. Files are looked at when a client asks, so the list of resources has a part that
blocks; that part is for a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote, unquote

from naftiko_runtime.asgi.folder import UnsafePathError, is_below, media_type, open_file, open_page, pages
from naftiko_runtime.engine.media import essence
from naftiko_runtime.plan.model.face import McpFace
from naftiko_runtime.plan.model.offerings import Files, Prompt, Resource

UNKNOWN = "application/octet-stream"
"""The media type of a file that nothing is known of."""

Entry = dict[str, Any]


class Asked(NamedTuple):
    """A resource that a URI means, with the values of its placeholders."""

    resource: Resource
    arguments: Mapping[str, str]


class Offerings:
    """The resources and prompts of a face."""

    def __init__(self, face: McpFace) -> None:
        self._resources = face.resources
        self._prompts = {prompt.name: prompt for prompt in face.prompts}
        self.has_resources = any(not item.is_left_out for item in face.resources)
        self.has_prompts = bool(face.prompts)

    def resources(self) -> list[Entry]:
        """What `resources/list` shows, in document order, the files of a folder by their paths. Blocks."""
        entries: list[Entry] = []
        for item in self._resources:
            if isinstance(item, Files):
                entries += _files(item)
            elif not item.uri.names and not item.is_left_out:
                entries.append(_entry(item, "uri", item.uri.text))
        return entries

    @cached_property
    def templates(self) -> list[Entry]:
        """What `resources/templates/list` shows."""
        return [
            _entry(item, "uriTemplate", item.uri.text)
            for item in self._resources
            if isinstance(item, Resource) and item.uri.names and not item.is_left_out
        ]

    @cached_property
    def prompts(self) -> list[Entry]:
        """What `prompts/list` shows."""
        return [_prompt(prompt) for prompt in self._prompts.values()]

    @property
    def declared(self) -> list[object]:
        """All that is told of resources and prompts without looking at files: what tells one face from another."""
        told = [_entry(item, "uri", item.uri if isinstance(item, Files) else item.uri.text) for item in self._resources]
        return [told, self.prompts]

    def find_resource(self, uri: str) -> Asked | Files | None:
        """What a URI means: the resource that has it, else the first whose files or template it may be of."""
        loose: Asked | Files | None = None
        for item in self._resources:
            if isinstance(item, Files):
                if uri == item.uri:
                    return item
                if uri.startswith(f"{item.uri.rstrip('/')}/"):
                    loose = loose or item
                continue
            values = item.uri.match(uri)
            if values is not None:
                if not item.uri.names:
                    return Asked(item, values)
                loose = loose or Asked(item, values)
        return loose

    def find_prompt(self, name: str) -> Prompt | None:
        """The prompt of this exact name."""
        return self._prompts.get(name)


def open_for(files: Files, uri: str) -> tuple[str, BinaryIO] | None:
    """The file that a URI means, with its name; None where there is none. Blocks. Raises OSError."""
    if uri == files.uri:
        return _named(files.path.name, open_file(files.path, files.root))
    below = uri.removeprefix(f"{files.uri.rstrip('/')}/")
    try:
        segments = [unquote(segment, errors="strict") for segment in below.split("/")]
        if any("/" in segment for segment in segments):
            return None
        return _named(segments[-1], open_page(files.path, "/".join(segments), files.root))
    except (UnsafePathError, UnicodeDecodeError):
        return None


def _named(name: str, file: BinaryIO | None) -> tuple[str, BinaryIO] | None:
    return None if file is None else (name, file)


def kind_of(files: Files, path: str) -> str:
    """The media type of a file: as declared, else what the ending of its name stands for, else `UNKNOWN`."""
    return files.mime_type or essence(media_type(path))[0]


def _files(files: Files) -> Iterator[Entry]:
    if files.path.is_file():
        if is_below(files.path, files.root):
            yield _file(files, files.name, files.uri, kind_of(files, files.path.name), files.path.stat().st_size)
        return
    base = files.uri.rstrip("/")
    for page in pages(files.path, files.root):
        kind = kind_of(files, page.path)
        yield _file(files, f"{files.name}/{page.path}", f"{base}/{quote(page.path)}", kind, page.size)


def _file(files: Files, name: str, uri: str, kind: str, size: int) -> Entry:
    entry = _entry(files, "uri", uri) | {"name": name, "size": size}
    return entry if kind == UNKNOWN else entry | {"mimeType": kind}


def _entry(item: Resource | Files, key: str, uri: str) -> Entry:
    entry: Entry = {"name": item.name, key: uri}
    return entry | _told(title=item.title, description=item.description, mimeType=item.mime_type)


def _prompt(prompt: Prompt) -> Entry:
    entry: Entry = {"name": prompt.name, **_told(title=prompt.title, description=prompt.description)}
    arguments = [
        {"name": item.name, "required": item.required, **_told(title=item.title, description=item.description)}
        for item in prompt.arguments
    ]
    return entry | {"arguments": arguments} if arguments else entry


def _told(**texts: str) -> Entry:
    """The texts that are there."""
    return {key: text for key, text in texts.items() if text}
