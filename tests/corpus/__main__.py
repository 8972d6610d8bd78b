"""`python -m tests.corpus [--partial] [FOLDER]`: the table of a folder of public files, by default of those beside the
project.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.corpus.harness import examine
from tests.corpus.place import CORPUS


def main(arguments: list[str]) -> int:
    """Print the table; 0 where every request arrived right."""
    partial = "--partial" in arguments
    folders = [item for item in arguments if item != "--partial"]
    folder = Path(folders[0]) if folders else CORPUS
    if not folder.is_dir():
        print(f"no folder {folder}", file=sys.stderr)
        return 2
    started = time.perf_counter()
    table = examine(folder, partial=partial)
    print("\n".join(table.lines()))
    print(f"seconds               {time.perf_counter() - started:.1f}")
    return 1 if table.misses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
