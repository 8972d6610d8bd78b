"""`naftiko`: which verb is meant, and how does it end?

A verb's module is imported when the verb is run. Whatever goes wrong ends here in one line and an exit code (C6): a
traceback is shown to whoever asks for it with `--debug`, and to nobody else.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Mapping, Sequence

from naftiko_runtime.cli.grammar import parse
from naftiko_runtime.cli.options import UsageError
from naftiko_runtime.cli.terminal import FINE, USAGE, lead_nowhere, say
from naftiko_runtime.engine.defects import defect_of

_INTERRUPTED = 130  # what shells report for a command that SIGINT ended


def entry() -> None:
    """The command as installed. Exits the process."""
    _open_what_is_closed()
    code = main(sys.argv[1:], os.environ)
    sys.stdout.flush()
    sys.stderr.flush()
    # The upstream client's thread may still be letting go of Python objects while the interpreter finalises, and
    # CPython aborts then ("PyGILState_Release", seen on a loaded machine). All is told and closed: leave at once.
    os._exit(code)


def _open_what_is_closed() -> None:
    """Lead standard streams that were closed (`2>&-`) to nowhere: a listener's socket must not get their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w"))


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one command; `environment` is that of the process. Returns its exit code."""
    code = FINE
    try:
        options = parse(arguments, environment)
        verb = importlib.import_module(f"naftiko_runtime.cli.{options.verb}")
        code = verb.execute(options, environment)
        sys.stdout.flush()
    except UsageError as error:
        say(f"naftiko: {error}")
        return USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        lead_nowhere(sys.stdout)
    except Exception as error:  # noqa: BLE001 - the outermost place, where a defect becomes a line and an exit code
        return _report_internal(error, is_debugged="--debug" in arguments)
    return code


def _report_internal(error: Exception, *, is_debugged: bool) -> int:
    """Tell of a defect of ours. The exception's own text may hold a secret, so its type and place must do."""
    hint = "" if is_debugged else "; `--debug` shows the traceback"
    say(f"naftiko: internal error [NK8014]: {defect_of(error)}{hint}")
    if is_debugged:
        traceback.print_exception(error, file=sys.stderr)
    return USAGE
