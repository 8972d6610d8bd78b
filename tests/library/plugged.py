"""What does pytest say of a folder of tests, in a process of its own, with our plugin?

The plugin is named, not found, so that the tests of this project do not depend on how it was installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.library.quays import ROOT

_COUNT = re.compile(r"(\d+) (passed|failed|error|errors|warning|warnings)\b")
_PLUGINS = ("naftiko_runtime.pytest_plugin", "pytest_asyncio.plugin")


class Verdict(NamedTuple):
    """What pytest printed, and its counts by outcome."""

    text: str
    counts: dict[str, int]


def pytest_in(folder: Path) -> Verdict:
    """Run the tests of a folder."""
    plugins = [part for name in _PLUGINS for part in ("-p", name)]
    settings = ("asyncio_mode=auto", "asyncio_default_fixture_loop_scope=function")
    options = [part for setting in settings for part in ("-o", setting)]
    options += ["-W", "error", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *options, str(folder)],
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "QUAY_KEY": "of the machine",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    text = ended.stdout + ended.stderr
    return Verdict(text, {kind: int(count) for count, kind in _COUNT.findall(text.rstrip().rpartition("\n")[2])})
