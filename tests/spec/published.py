"""What others have published: it lies beside the project, and tests that compare with it are skipped without."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@cache
def public_documents() -> tuple[tuple[str, Any], ...]:
    """Name and value of every public file that is YAML; the values are shared by all who ask."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents = []
    for folder in ("corpus", "seeds", "reference/official"):
        for file in sorted((SHARED / folder).rglob("*.y*ml")):
            try:
                document = yaml.load(file.read_bytes(), loader)
            except yaml.YAMLError:
                continue
            documents.append((str(file.relative_to(SHARED)), json.loads(json.dumps(document, default=str))))
    return tuple(documents)
