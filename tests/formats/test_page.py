"""The page of formats shows what happens."""

from __future__ import annotations

import json
import re

import pytest

from naftiko_runtime.formats.decoders import compile_decoder
from naftiko_runtime.spec.load import read_text
from tests.runner import ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text("utf-8")
NAMES = {"yml": "yaml"}
SHOWN = re.findall(r"^```(\w+)\n((?:(?!^```).)*)^```\n\n```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("language", "document", "value"), SHOWN, ids=[item[0] for item in SHOWN])
def test_a_document_becomes_what_the_page_shows(language: str, document: str, value: str) -> None:
    decode = compile_decoder(NAMES.get(language, language), "", None)
    assert decode is not None
    found = decode(document.encode(), "")
    assert (found["quay"] if language == "xml" and isinstance(found, dict) else found) == json.loads(value)


def test_each_format_with_text_is_shown() -> None:
    assert [item[0] for item in SHOWN] == ["xml", "csv", "yml", "html", "markdown"]


def test_the_capability_of_the_page_is_one() -> None:
    example = re.search(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert example is not None
    assert [item for item in read_text(example[1], "quay.yaml").diagnostics if item.is_error] == []


@pytest.mark.parametrize("name", ["json", "binary"])
def test_json_and_bytes_have_no_decoder(name: str) -> None:
    assert compile_decoder(name, "", None) is None
