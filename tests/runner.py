"""What does the command do as a process? Starts `naftiko` as a user would, and says what came out of it.

`python -m naftiko_runtime` is the same program as the installed command. The environment is written out in full, so
that no key of the machine that runs the tests can make one pass.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "naftiko_runtime")
START_SECONDS = 15.0
STOP_SECONDS = 15.0

Event = dict[str, Any]


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything it printed."""
        return self.out + self.err


class Reply(NamedTuple):
    """One HTTP answer. Header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The `Content-Type` without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def json(self) -> Any:
        """The body as a JSON document."""
        return json.loads(self.body)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a child process."""
    base = {
        "PATH": str(Path(sys.executable).parent),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::ResourceWarning",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
    }
    return base | dict(extra or {})


def command(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, seconds: float = 20.0
) -> Ended:
    """Run one command to its end, with nothing on its standard input."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def command_without(library: str, folder: Path, *arguments: str) -> Ended:
    """Run one command to its end where everything of this environment is installed but one top-level module."""
    packages = folder / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name.partition(".")[0] != library:
            (packages / entry.name).symlink_to(entry)
    ended = subprocess.run(
        [sys.executable, "-S", *COMMAND[1:], *arguments],
        env=environment({"PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]


def listens(port: int) -> bool:
    """Whether anybody accepts connections on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Ask again and again until a condition holds; for what tells nobody when it changes, such as a closed port."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"the condition did not hold within {seconds} s"
        time.sleep(0.01)


def request(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, seconds: float = 20.0
) -> Reply:
    """Send one HTTP request whose target is taken from `url` untouched: nothing is decoded, encoded or collapsed."""
    parts = urlsplit(url)
    target = url[len(f"{parts.scheme}://{parts.netloc}") :] or "/"
    connection = http.client.HTTPConnection(parts.netloc, timeout=seconds)
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
    finally:
        connection.close()


class Running:
    """A `naftiko` process whose standard error is read as it comes; JSON lines are its events."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.events: list[Event] = []
        self._lines: list[str] = []
        self._out: list[str] = []
        self._changed = threading.Condition(threading.RLock())
        self._ended = False
        self._readers = [threading.Thread(target=self._read_err, daemon=True)]
        self._readers.append(threading.Thread(target=self._read_out, daemon=True))
        for reader in self._readers:
            reader.start()

    @property
    def err(self) -> str:
        """Everything on its standard error so far."""
        with self._changed:
            return "".join(self._lines)

    @property
    def out(self) -> str:
        """Everything on its standard output so far."""
        with self._changed:
            return "".join(self._out)

    def wait_for(self, wanted: Callable[[Event], bool], seconds: float = START_SECONDS) -> Event:
        """The first event that `wanted` accepts; fails when the process ends or the time is over before it comes."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or any(map(wanted, self.events)), seconds)
            found = next(filter(wanted, self.events), None)
        assert found is not None, f"the event did not come (exit code {self.process.poll()}):\n{self.err}"
        return found

    def wait_for_text(self, text: str, seconds: float = START_SECONDS) -> None:
        """Block until its standard error holds a text; fails when the process ends or the time is over before."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or text in self.err, seconds)
            assert text in self.err, f"{text!r} did not come (exit code {self.process.poll()}):\n{self.err}"

    def url(self, kind: str, namespace: str | None = None) -> str:
        """The URL of an adapter of a kind (`rest`, `mcp`), as told by the `ready` event, without a slash at its end."""
        urls = self.wait_for(lambda event: event.get("event") == "ready")["urls"]
        found = [item["url"] for item in urls if item["kind"] == kind and namespace in (None, item["namespace"])]
        assert found, f"no {kind} adapter among {urls}"
        return str(found[0]).rstrip("/")

    def signal(self, number: int) -> None:
        """Send a signal to the process."""
        self.process.send_signal(number)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit code, once it ended by itself; everything it printed has been read then."""
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(seconds)
        return code

    def stop(self) -> int:
        """Ask it to end (`SIGTERM`), and wait."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def close(self) -> None:
        """End it in any case, and release its pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._changed:
                self._lines.append(line)
                with contextlib.suppress(ValueError):
                    document = json.loads(line)
                    if isinstance(document, dict):
                        self.events.append(document)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self._out.append(line)


@contextlib.contextmanager
def running(*arguments: str, env: Mapping[str, str] | None = None, log: str = "json") -> Iterator[Running]:
    """Start a long-lived command; with JSON logs, wait until it says that all listeners accept."""
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--log-format", log],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    run = Running(process)
    try:
        if log == "json":
            run.wait_for(lambda event: event.get("event") == "ready")
        yield run
    finally:
        run.close()


def listen_flags(namespaces: Sequence[str]) -> list[str]:
    """`--listen` flags that give every adapter a free loopback port of its own."""
    ports = free_ports(len(namespaces))
    return [
        part
        for namespace, port in zip(namespaces, ports, strict=True)
        for part in ("--listen", f"{namespace}=127.0.0.1:{port}")
    ]
