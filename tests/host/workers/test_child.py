"""Does a child end when it is told to, however young it is? In a process of its own, which may be forked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.runner import environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are not forked there")

PARENT = """
import os, select, signal
from naftiko_runtime.host.workers.child import fork
from naftiko_runtime.host.workers.signals import Signals

with Signals() as signals:
    for _ in range(20):
        child = fork(lambda channel: channel.recv(1), [signals])
        os.kill(child.pid, {sent})
        if not select.select([child], [], [], {seconds})[0]:
            os.kill(child.pid, signal.SIGKILL)
        print(child.wait())
"""


@pytest.mark.parametrize(
    ("sent", "seconds", "ends_by"),
    [("signal.SIGTERM", 10.0, "SIGTERM"), ("signal.SIGINT", 0.01, "SIGKILL"), ("signal.SIGHUP", 0.01, "SIGKILL")],
)
def test_a_stop_ends_a_child_at_any_age_and_what_a_terminal_sends_does_not(
    sent: str, seconds: float, ends_by: str
) -> None:
    script = PARENT.format(sent=sent, seconds=seconds)
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True
    )

    assert set(ended.stdout.splitlines()) == {ends_by}
