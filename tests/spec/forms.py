"""Texts of any generation as documents: as they are, and in the canonical form."""

from __future__ import annotations

from naftiko_runtime.spec.generations.canonical import canonicalise
from naftiko_runtime.spec.generations.relaxations import Relaxations
from naftiko_runtime.spec.generations.version import judge_version
from naftiko_runtime.spec.text.document import Document
from naftiko_runtime.spec.text.parse import parse


def read(text: str) -> Document:
    document, diagnostics = parse(text, "x.yaml")
    assert document is not None, diagnostics
    return document


def canonical(text: str, notes: Relaxations | None = None) -> Document:
    document = read(text)
    verdict = judge_version(document)
    assert verdict.generation is not None
    return canonicalise(document, verdict.value, verdict.generation, notes or Relaxations())
