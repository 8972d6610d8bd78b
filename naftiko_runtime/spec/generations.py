"""Which generation of the language is a file written in?

The version stands under `naftiko`, later under `ikanos` (language §0.1). One table knows them all; a generation that is
known but not compiled yet says so, because "unknown version" would send the reader looking for a typo. Where the
version is missing or mistyped in what is plainly a capability of today, the rest of the file is read all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.spec.document import Document, Pointer, to_json_pointer
from naftiko_runtime.spec.source import quoted


@dataclass(frozen=True, slots=True)
class Generation:
    """One published version of the language: the root key it stands under, and whether this runtime compiles it."""

    key: str
    version: str
    is_served: bool

    def __str__(self) -> str:
        return f"{self.key}: {self.version}"


SERVED = Generation("naftiko", "1.0.0-alpha2", is_served=True)
"""The generation that is compiled today."""

_OLDER = ("0.4", "0.5", "1.0.0-alpha1")
_IKANOS = ("alpha3", "alpha4", "beta1", "beta2", "beta3", "beta4", "beta5")

GENERATIONS = (
    *(Generation("naftiko", version, is_served=False) for version in _OLDER),
    SERVED,
    Generation("naftiko", "1.0.0-alpha3", is_served=False),
    *(Generation("ikanos", f"1.0.0-{stage}", is_served=False) for stage in _IKANOS),
)
"""Every published version, in the order of their publication."""

_KEYS = ("naftiko", "ikanos")


class Verdict(NamedTuple):
    """What the version of a file came to.

    `generation` is absent where the rest of the file has no meaning without it. `value` is the value of the document
    with the version as it should be, so that a mistake in it is not told again by whoever checks the rest.
    """

    generation: Generation | None
    problem: Diagnostic | None
    value: dict[str, Any]


def judge_version(document: Document) -> Verdict:
    """The generation of a document, and the diagnostic for a missing, unknown or not yet compiled one."""
    root: dict[str, Any] = document.value
    keys = [key for key in root if key in _KEYS]
    if not keys:
        return _without_key(document)
    if len(keys) == 2:
        message = f"`{keys[1]}` can't stand beside `{keys[0]}`: a file is written in one version of the language"
        help_text = "keep the one that the file is written in"
        return Verdict(None, _problem(document, "NK2004", message, (keys[1],), help_text, key=True), root)
    key = keys[0]
    written = root[key]
    if written is None or isinstance(written, bool | list | dict):
        problem = _problem(document, "NK2003", f"`{key}` must be a version", (key,), f"write `{SERVED}`")
        return Verdict(None, problem, root)
    # 0.5 is a number to YAML; as a version it is the text the author wrote.
    version = str(written)
    for generation in GENERATIONS:
        if (generation.key, generation.version) == (key, version):
            return Verdict(generation, None, root) if generation.is_served else _not_yet(document, generation)
    return _unknown(document, key, version)


def _without_key(document: Document) -> Verdict:
    root: dict[str, Any] = document.value
    near = next((key for key in root if nearest(key, _KEYS)), None)
    help_text = f"start the file with `{SERVED}`"
    if near is not None:
        message = f"{quoted(near)} is not the version key"
        hint = f"did you mean `{nearest(near, _KEYS)}`? {help_text}"
        problem = _problem(document, "NK2005", message, (near,), hint, key=True)
    else:
        message = "the file does not say which version of the language it is written in"
        problem = _problem(document, "NK2005", message, (), help_text)
    is_ours = near is None or str(root[near]) == SERVED.version
    return Verdict(SERVED if is_ours and "capability" in root else None, problem, _mended(root, near))


def _mended(root: dict[str, Any], near: str | None) -> dict[str, Any]:
    return {SERVED.key: SERVED.version, **{key: value for key, value in root.items() if key != near}}


def _unknown(document: Document, key: str, version: str) -> Verdict:
    # Of versions that are equally near, the one that is served is the better guess.
    known = [item.version for item in (SERVED, *GENERATIONS) if item.key == key]
    near = nearest(version, known)
    elsewhere = next((item for item in GENERATIONS if item.version == version), None)
    hint = f"did you mean `{elsewhere}`? " if elsewhere else f"did you mean `{near}`? " if near else ""
    listed = "; ".join(
        f"`{name}`: " + ", ".join(item.version for item in GENERATIONS if item.key == name) for name in _KEYS
    )
    message = f"{quoted(f'{key}: {version}')} is no version of the language"
    problem = _problem(document, "NK2006", message, (key,), f"{hint}known versions: {listed}")
    is_ours = (elsewhere or Generation(key, near or "", is_served=False)).version == SERVED.version
    return Verdict(SERVED if is_ours else None, problem, _mended(document.value, key))


def _not_yet(document: Document, generation: Generation) -> Verdict:
    message = f"`{generation}` is known, but this runtime does not compile it yet"
    problem = _problem(document, "NK2007", message, (generation.key,), f"served today: `{SERVED}`")
    return Verdict(None, problem, document.value)


def _problem(
    document: Document, code: str, message: str, at: Pointer, help_text: str, *, key: bool = False
) -> Diagnostic:
    span = document.key_span(at) if key else document.span(at)
    return Diagnostic(code, Severity.ERROR, message, document.file, span, to_json_pointer(at), help_text)
