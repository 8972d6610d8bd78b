"""`k8s-secret://NAME`: a secret that the cluster mounts as a folder, each key a file. The cluster itself isn't asked.

Docker, systemd and the agents of secret stores lay secrets out in the same way. Only the files are read that a bind
names; a line break at the end of one, which editors and `echo` leave there, is no part of its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from os.path import exists, isdir
from pathlib import Path

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.providers.provider import Asked, Content, Provider
from naftiko_runtime.spec.text.source import read_source

MOUNTED = "NAFTIKO_SECRETS"
"""The variable that says below which folder secrets are mounted."""

_USUAL = "/etc/naftiko/secrets"
_SCHEME = "k8s-secret://"
# The name of a secret is a DNS subdomain, that of a key has these signs; both by the Kubernetes API.
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
_KEY = re.compile(r"(?!\.\.)[A-Za-z0-9._-]{1,253}\Z")


def read_folder(folder: Path, keys: Iterable[str]) -> Content:
    """The values of these keys in a folder; what has no file there has no value."""
    values: dict[str, object] = {}
    for path in key_paths(folder, keys):
        if not exists(path):
            continue
        text = read_source(path, str(path))
        if isinstance(text, Diagnostic):
            return f"`{path.name}`: {text.message}"
        values[path.name] = text.removesuffix("\n").removesuffix("\r")
    return values


def key_paths(folder: Path, keys: Iterable[str]) -> tuple[Path, ...]:
    """The files of these keys. A key that can't be a file's name, such as `../x`, has none."""
    return tuple(folder / key for key in keys if _KEY.match(key) and key != ".")


def _folder(asked: Asked) -> Path | str:
    name = asked.location.removeprefix(_SCHEME).removesuffix("/")
    if not _NAME.match(name):
        return f"write `{_SCHEME}NAME`, with the name of one secret"
    return Path(asked.settings.get(MOUNTED) or _USUAL) / name


def _read(asked: Asked) -> Content:
    folder = _folder(asked)
    if isinstance(folder, str):
        return folder
    if not isdir(folder):
        return f"there is no folder {folder}; mount the secret there, or say by {MOUNTED} where secrets are mounted"
    return read_folder(folder, asked.keys)


def _paths(asked: Asked) -> tuple[Path, ...]:
    folder = _folder(asked)
    return () if isinstance(folder, str) else key_paths(folder, asked.keys)


KUBERNETES = Provider(_read, _paths)
"""The provider of `k8s-secret://`."""
