"""`naftiko migrate`: a file in another version of the language, comments and all."""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import sys
from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path

from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.report import tell
from naftiko_runtime.cli.terminal import AT_FAULT, FINE
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.migration.migrate import TARGETS, migrate
from naftiko_runtime.spec.text.source import BYTE_ORDER_MARK, read_source


def execute(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run the verb. The new text is the result, so it goes to standard output unless it is to go elsewhere.

    Raises UsageError.
    """
    if sum(map(bool, (options.diff, options.write, options.output))) > 1:
        raise UsageError("--diff, --write and --output exclude each other: write one of them")
    path: Path = options.path
    file = str(path)
    text = read_source(path, file)
    if isinstance(text, Diagnostic):
        tell((text,), {}, environment)
        return AT_FAULT
    migration = migrate(text, file, TARGETS[options.to])
    tell(migration.diagnostics, {file: text}, environment)
    if migration.text is None:
        return AT_FAULT
    mark = BYTE_ORDER_MARK if path.read_bytes().startswith(BOM_UTF8) else ""
    old, new = mark + text, mark + migration.text
    if options.write or options.output:
        _save(Path(options.output or path), new)
    else:
        sys.stdout.write(_difference(file, old, new) if options.diff else new)
    return FINE


def _difference(file: str, old: str, new: str) -> str:
    """A unified diff, which `patch` and people read; empty where nothing changes."""
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), file, file)
    # A last line without a break would run into the next one.
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _save(path: Path, text: str) -> None:
    """Write a file whole or not at all: the only copy of a capability may be at stake."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            beside.write_bytes(text.encode("utf-8"))
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"`{path}` can't be written: {error.strerror}") from None
