"""Texts of any generation as documents: as they are, and in the canonical form."""

from __future__ import annotations

from naftiko_runtime.spec.canonical import canonicalise
from naftiko_runtime.spec.document import Document
from naftiko_runtime.spec.generations import judge_version
from naftiko_runtime.spec.parse import parse
from naftiko_runtime.spec.relaxations import Relaxations


def read(text: str) -> Document:
    document, diagnostics = parse(text, "x.yaml")
    assert document is not None, diagnostics
    return document


def canonical(text: str, notes: Relaxations | None = None) -> Document:
    document = read(text)
    verdict = judge_version(document)
    assert verdict.generation is not None
    return canonicalise(document, verdict.value, verdict.generation, notes or Relaxations())
