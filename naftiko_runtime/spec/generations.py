"""Which generation of the language is a file written in?

The version stands under `naftiko`, later under `ikanos` (language §0.1). One table knows them all; a generation that is
known but not compiled yet says so, because "unknown version" would send the reader looking for a typo.
"""

from __future__ import annotations

from dataclasses import dataclass

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.spec.document import Document


@dataclass(frozen=True, slots=True)
class Generation:
    """One published version of the language: the root key it stands under, and whether this runtime compiles it."""

    key: str
    version: str
    is_served: bool

    def __str__(self) -> str:
        return f"{self.key}: {self.version}"


GENERATIONS = tuple(
    Generation(key, version, is_served=(key, version) == ("naftiko", "1.0.0-alpha2"))
    for key, versions in (
        ("naftiko", ("0.4", "0.5", "1.0.0-alpha1", "1.0.0-alpha2", "1.0.0-alpha3")),
        (
            "ikanos",
            (
                "1.0.0-alpha3",
                "1.0.0-alpha4",
                "1.0.0-beta1",
                "1.0.0-beta2",
                "1.0.0-beta3",
                "1.0.0-beta4",
                "1.0.0-beta5",
            ),
        ),
    )
    for version in versions
)

_SERVED = ", ".join(f"`{generation}`" for generation in GENERATIONS if generation.is_served)


def find_generation(document: Document) -> Generation | Diagnostic:
    """The generation of a document, or the diagnostic for a missing, unknown or not yet compiled one."""
    root = document.value
    key = next((key for key in ("naftiko", "ikanos") if key in root), None)
    if key is None:
        return _version_key_missing(document)
    # 0.5 is a number to YAML; as a version it is the text the author wrote.
    version = str(root[key])
    for generation in GENERATIONS:
        if (generation.key, generation.version) == (key, version):
            return generation if generation.is_served else _not_yet(document, generation)
    known = ", ".join(str(generation) for generation in GENERATIONS)
    near = nearest(version, [generation.version for generation in GENERATIONS if generation.key == key])
    hint = f"did you mean `{near}`? " if near else ""
    return Diagnostic(
        "NK2006",
        Severity.ERROR,
        f"`{key}: {version}` is no version of the language",
        document.file,
        document.span((key,)),
        pointer=f"/{key}",
        help=f"{hint}known versions: {known}",
    )


def _version_key_missing(document: Document) -> Diagnostic:
    near = nearest("naftiko", list(document.value))
    if near is not None:
        message = f"`{near}` is not the version key"
        span, pointer = document.key_span((near,)), f"/{near}"
    else:
        message, span, pointer = "the file does not say which version of the language it is written in", None, ""
    return Diagnostic(
        "NK2005",
        Severity.ERROR,
        message,
        document.file,
        span or document.span(()),
        pointer=pointer,
        help="start the file with `naftiko: 1.0.0-alpha2`",
    )


def _not_yet(document: Document, generation: Generation) -> Diagnostic:
    return Diagnostic(
        "NK2007",
        Severity.ERROR,
        f"`{generation}` is known, but this runtime does not compile it yet",
        document.file,
        document.span((generation.key,)),
        pointer=f"/{generation.key}",
        help=f"served today: {_SERVED}",
    )
