"""Which generation of the language is a file written in?

The version stands under `naftiko`, later under `ikanos` (language §0.1). One table knows them all, and all are served.
Where the version is missing or mistyped in what is plainly a capability, the rest of the file is read all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.source import quoted


@dataclass(frozen=True, slots=True)
class Generation:
    """One published version of the language, and the root key it stands under."""

    key: str
    version: str

    def __str__(self) -> str:
        return f"{self.key}: {self.version}"

    @property
    def name(self) -> str:
        """Root key and version as one word: `naftiko-1.0.0-alpha2`."""
        return f"{self.key}-{self.version}"

    @property
    def is_keyed(self) -> bool:
        """Whether objects that have names stand in maps by name, where the others have lists (language §13.3)."""
        return self.key == "ikanos"


ALPHA2 = Generation("naftiko", "1.0.0-alpha2")
"""The generation whose form all others are brought to."""

_OLDER = ("0.4", "0.5", "1.0.0-alpha1")
_IKANOS = ("alpha3", "alpha4", "beta1", "beta2", "beta3", "beta4", "beta5")

GENERATIONS = (
    *(Generation("naftiko", version) for version in _OLDER),
    ALPHA2,
    Generation("naftiko", "1.0.0-alpha3"),
    *(Generation("ikanos", f"1.0.0-{stage}") for stage in _IKANOS),
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


def find_generation(key: str | None, version: str) -> Generation | None:
    """The generation of a root key and a version; None where there is none."""
    return next((item for item in GENERATIONS if (item.key, item.version) == (key, version)), None)


def judge_version(document: Document) -> Verdict:
    """The generation of a document, and the diagnostic for a missing or unknown one."""
    root: dict[str, Any] = document.value
    keys = [key for key in root if key in _KEYS]
    if not keys:
        return _without_key(document)
    if len(keys) == 2:
        message = f"`{keys[1]}` can't stand beside `{keys[0]}`: a file is written in one version of the language"
        help_text = "keep the one that the file is written in"
        problem = document.diagnostic("NK2004", Severity.ERROR, message, (keys[1],), help_text, key=True)
        return Verdict(None, problem, root)
    key = keys[0]
    written = root[key]
    if written is None or isinstance(written, bool | list | dict):
        message = f"`{key}` must be a version"
        problem = document.diagnostic("NK2003", Severity.ERROR, message, (key,), f"write `{ALPHA2}`")
        return Verdict(None, problem, root)
    # 0.5 is a number to YAML; as a version it is the text the author wrote.
    version = str(written)
    generation = find_generation(key, version)
    return _unknown(document, key, version) if generation is None else Verdict(generation, None, root)


def _without_key(document: Document) -> Verdict:
    root: dict[str, Any] = document.value
    near = next((key for key in root if nearest(key, _KEYS)), None)
    help_text = f"start the file with `{ALPHA2}`"
    if near is None:
        message = "the file does not say which version of the language it is written in"
        problem = document.diagnostic("NK2005", Severity.ERROR, message, (), help_text)
        meant: Generation | None = ALPHA2
    else:
        key = nearest(near, _KEYS)
        message = f"{quoted(near)} is not the version key"
        help_text = f"did you mean `{key}`? {help_text}"
        problem = document.diagnostic("NK2005", Severity.ERROR, message, (near,), help_text, key=True)
        meant = find_generation(key, str(root[near]))
    return _mended(root, near, meant if "capability" in root else None, problem)


def _mended(root: dict[str, Any], wrong: str | None, generation: Generation | None, problem: Diagnostic) -> Verdict:
    if generation is None:
        return Verdict(None, problem, root)
    rest = {key: value for key, value in root.items() if key != wrong}
    return Verdict(generation, problem, {generation.key: generation.version, **rest})


def _unknown(document: Document, key: str, version: str) -> Verdict:
    # Of versions that are equally near, the one that most files have is the better guess.
    known = [item.version for item in (ALPHA2, *GENERATIONS) if item.key == key]
    near = nearest(version, known)
    elsewhere = next((item for item in GENERATIONS if item.version == version), None)
    hint = f"did you mean `{elsewhere}`? " if elsewhere else f"did you mean `{near}`? " if near else ""
    listed = "; ".join(
        f"`{name}`: " + ", ".join(item.version for item in GENERATIONS if item.key == name) for name in _KEYS
    )
    message = f"{quoted(f'{key}: {version}')} is no version of the language"
    help_text = f"{hint}known versions: {listed}"
    problem = document.diagnostic("NK2006", Severity.ERROR, message, (key,), help_text)
    meant = elsewhere or (find_generation(key, near) if near else None)
    return _mended(document.value, key, meant, problem)
