"""What does `validate` say of each of many files? Asked once for all of them: starting costs more than judging."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.runner import Ended, command


def validated(files: Mapping[str, Path]) -> dict[str, Ended]:
    """The verdict on each file, by its name: what is told of it, or of what lies beside it in a folder of its own.

    Where one of them breaks the command, each is judged alone: it must not hide what is said of the others.
    """
    ended = _validate(*files.values())
    if ended.code == 2:
        return {name: _validate(file) for name, file in files.items()}
    neighbours = Counter(file.parent for file in files.values())
    verdicts = {}
    for name, file in files.items():
        place = file if neighbours[file.parent] > 1 else file.parent
        told = [item for item in json.loads(ended.out) if Path(item["file"]).is_relative_to(place)]
        verdicts[name] = Ended(int(any(item["severity"] == "error" for item in told)), json.dumps(told), ended.err)
    assert ended.code == max(verdict.code for verdict in verdicts.values())
    return verdicts


def _validate(*files: Path) -> Ended:
    return command("validate", *map(str, files), "--format", "json", seconds=60)
