from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from naftiko_runtime.diagnostics import CODES, FAMILIES, Code, Severity

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "errors"
INDEX = (PAGES / "README.md").read_text("utf-8")

every_code = pytest.mark.parametrize("row", CODES.values(), ids=list(CODES))


def page(row: Code) -> str:
    return (PAGES / f"{row.code}.md").read_text("utf-8")


def section(text: str, title: str) -> str:
    _, _, rest = text.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip()


def test_codes_are_unique_sorted_and_well_formed() -> None:
    codes = re.findall(r'Code\("(.+?)"', (ROOT / "naftiko_runtime/diagnostics/codes.py").read_text("utf-8"))
    assert codes == sorted(set(codes)) == list(CODES)
    assert all(re.fullmatch(r"NK\d{4}", code) for code in codes)


def test_titles_are_unique() -> None:
    assert len({row.title for row in CODES.values()}) == len(CODES)


def test_every_page_has_a_code_and_every_code_a_page() -> None:
    assert {path.stem for path in PAGES.iterdir()} - {"README"} == set(CODES)


def test_every_code_that_the_package_mentions_exists() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "naftiko_runtime").rglob("*.py")]
    assert set(re.findall(r"\bNK\d{4}\b", "\n".join(sources))) <= set(CODES)


def test_every_code_that_a_page_mentions_exists() -> None:
    pages = [path.read_text("utf-8") for path in PAGES.glob("*.md")]
    assert set(re.findall(r"\bNK\d{4}\b", "\n".join(pages))) == set(CODES)


@every_code
def test_a_code_belongs_to_a_family(row: Code) -> None:
    assert row.family == FAMILIES[row.code[:3]]


@every_code
def test_a_page_starts_with_code_title_and_severity(row: Code) -> None:
    heading, blank, severity = page(row).split("\n")[:3]
    assert (heading, blank) == (f"# {row.code}: {row.title}", "")
    assert severity.startswith(f"Severity: {row.severity}")


@every_code
def test_a_page_shows_what_is_wrong_and_the_same_mended(row: Code) -> None:
    wrong, right = section(page(row), "Wrong"), section(page(row), "Right")
    assert "" not in {wrong, right}
    assert wrong != right


@every_code
def test_a_page_says_when_to_ignore_what_may_be_less_than_an_error(row: Code) -> None:
    may_be_a_warning = row.severity is not Severity.ERROR or "a warning" in page(row).split("\n")[2]
    assert bool(section(page(row), "When you can ignore it")) == may_be_a_warning


@every_code
def test_a_page_is_short(row: Code) -> None:
    assert 12 <= len(page(row).splitlines()) <= 35


@every_code
def test_the_mended_yaml_is_yaml(row: Code) -> None:
    for snippet in re.findall(r"```yaml\n(.*?)```", section(page(row), "Right"), re.DOTALL):
        assert yaml.safe_load(snippet) is not None


@every_code
def test_the_index_lists_a_code_below_its_family(row: Code) -> None:
    below = section(INDEX, f"{row.code[:3]}xxx: {row.family}")
    assert f"| [{row.code}]({row.code}.md) | {row.title} | {row.severity} |" in below.split("\n")


def test_the_index_lists_nothing_else() -> None:
    assert re.findall(r"^\| \[(\w+)\]", INDEX, re.MULTILINE) == list(CODES)
