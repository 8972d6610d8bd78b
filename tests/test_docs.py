"""What the documents show is what the program does: every command in them is run, every link leads somewhere."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from naftiko_runtime.cli.grammar import parse, verb_parsers
from tests.runner import COMMAND, ROOT

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


class Shown(NamedTuple):
    """One `naftiko` command line of a document, without the variables it sets and where its output goes."""

    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {shlex.join(self.words)}"


def _shown() -> list[Shown]:
    found = []
    for path in DOCUMENTS:
        for block in SHELL.findall(path.read_text(encoding="utf-8")):
            for line in block.splitlines():
                command = line.removeprefix("$ ").partition(" > ")[0]
                if not re.match(r"([A-Z_]+=\S* )*naftiko ", command):
                    continue
                words = shlex.split(command, comments=True)
                while words and re.match(r"[A-Z_]+=", words[0]):
                    words.pop(0)
                found.append(Shown(path.relative_to(ROOT).as_posix(), tuple(words[1:])))
    return found


SHOWN = _shown()
# These need a file that the document only imagines; their grammar is checked all the same.
OFFLINE = [
    shown
    for shown in SHOWN
    if shown.words[0] in ("validate", "call", "explain")
    and not any(word.endswith((".yaml", ".yml", ".env")) and not (ROOT / word).exists() for word in shown.words)
]


def test_documents_show_commands_at_all() -> None:
    assert len(SHOWN) > 20
    assert {shown.words[0] for shown in OFFLINE} == {"validate", "call", "explain"}


@pytest.mark.parametrize("shown", SHOWN, ids=str)
def test_a_shown_command_is_one_the_program_knows(shown: Shown) -> None:
    assert parse(shown.words, {}).verb == shown.words[0]


@pytest.mark.parametrize("shown", OFFLINE, ids=str)
def test_a_shown_command_works(shown: Shown) -> None:
    ended = subprocess.run([*COMMAND, *shown.words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    strict = "--strict" in shown.words
    assert ended.returncode == 0 or strict, ended.stderr
    assert ended.stdout or shown.words[0] == "validate"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [link for link in LINK.findall(text) if not (path.parent / link).exists()] == []


def test_every_flag_has_its_place_in_a_document() -> None:
    """A flag that no document mentions is one that nobody finds."""
    texts = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    flags = {
        option
        for verb in verb_parsers().values()
        for action in verb._actions
        for option in action.option_strings
        if option.startswith("--")
    }
    assert sorted(flag for flag in flags - {"--help"} if not re.search(rf"{flag}(?![\w-])", texts)) == []


def test_the_readme_has_two_setup_commands() -> None:
    blocks = SHELL.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [block.split()[3] for block in blocks if block.startswith("python3 -m venv")] == [".venv", ".venv-test"]


def test_the_readmes_example_is_a_capability(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert example is not None
    (tmp_path / "spec.yaml").write_text(example[1], encoding="utf-8")
    command = [*COMMAND, "validate", str(tmp_path / "spec.yaml"), "--format", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, "error" in ended.stdout) == (0, False), ended.stdout
