"""Who starts the workers, and what happens when one dies?

The parent reads the files, takes the addresses and serves nothing: it forks workers that share its sockets and, as long
as nobody writes to them, its compiled plans. It has neither threads nor an event loop, so it may fork at any time; the
file watcher, which has threads, is a process of its own. A worker that dies is replaced; one that dies young is
replaced after a while, so that a fault that kills each of them does not become a storm.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from naftiko_runtime.control.operator import Json
from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.engine.upstream import ReqwestUpstream
from naftiko_runtime.host.following.changes import Changes
from naftiko_runtime.host.following.keeper import Keeper, Update
from naftiko_runtime.host.listener.application import ListenerApplication
from naftiko_runtime.host.listener.server import GRACE_SECONDS
from naftiko_runtime.host.logs.log import LEVELS, Log
from naftiko_runtime.host.places.layout import Key, Listener
from naftiko_runtime.host.places.sockets import Bound, release
from naftiko_runtime.host.serving.hosting import STOPPING, Hosting, readiness
from naftiko_runtime.host.serving.peers import meeting_place
from naftiko_runtime.host.serving.reload import report_of, tell_blind, tell_failure
from naftiko_runtime.host.serving.switchboard import make_applications
from naftiko_runtime.host.workers.channel import (
    ACCEPTS,
    APPLIED,
    BEHIND,
    LEVEL,
    LOOK,
    Opened,
    Orders,
    send_announcement,
    send_orders,
)
from naftiko_runtime.host.workers.child import Child, Closable, fork
from naftiko_runtime.host.workers.lookout import BLIND, Lookout
from naftiko_runtime.host.workers.signals import Signals
from naftiko_runtime.host.workers.worker import work

_YOUNG_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0
# Beyond the grace period, a worker that still lives is stuck.
_STUCK_SECONDS = GRACE_SECONDS + 5.0
FINE, FAILED = 0, 2


@dataclass(slots=True)
class _Worker:
    """One worker. `unconfirmed` counts what it was told; the first is that it accepts. One that is `leaving` drains."""

    child: Child
    born: float
    unconfirmed: int = 1
    is_leaving: bool = False


class Workers:
    """The parent of `count` workers. `run` blocks until they have ended, and says the exit code."""

    def __init__(self, keeper: Keeper, log: Log, count: int, *, watches: bool) -> None:
        self._keeper = keeper
        self._log = log
        self._count = count
        self._code = FINE
        self._signals = Signals()
        self._lookout = Lookout(watches=watches)
        self._workers: dict[int, _Worker] = {}
        self._selector = selectors.DefaultSelector()
        self._pause = _FIRST_PAUSE_SECONDS
        self._due: list[float] = []
        self._applications: dict[Key, ListenerApplication] = {}
        self._listeners: dict[Key, Listener] = {}
        self._untold: list[Changes] = []
        self._is_ready = False
        self._stopping: float | None = None

    def run(self, hosting: Hosting) -> int:
        """Start the workers and look after them. Raises HostingError where they have no place to answer each other."""
        self._hosting = hosting
        self._note(hosting.bound)
        with meeting_place() as self._folder, self._signals, self._lookout:
            self._selector.register(self._signals, selectors.EVENT_READ, self._on_signals)
            for _ in range(self._count):
                self._start()
            self._watch()
            while self._workers or (self._stopping is None and self._due):
                for key, _ in self._selector.select(self._patience()):
                    key.data()
                self._replace()
            self._log.event("stopped")
        self._keeper.release()
        return self._code

    def _start(self) -> None:
        current = replace(self._hosting, bound=self._keeper.bound)
        child = fork(
            lambda channel: work(current, self._keeper, self._log, self._folder, channel),
            [*self._foreign, self._lookout],
        )
        self._workers[child.pid] = _Worker(child, time.monotonic())
        self._selector.register(child, selectors.EVENT_READ, lambda: self._on_worker(child.pid))

    @property
    def _foreign(self) -> list[Closable]:
        """What a child has no business with."""
        return [self._selector, self._signals, *(item.child for item in self._workers.values())]

    def _on_worker(self, pid: int) -> None:
        worker = self._workers[pid]
        said = worker.child.receive()
        if not said:
            self._bury(worker)
            return
        worker.unconfirmed -= said.count(ACCEPTS) + said.count(APPLIED)
        for _ in range(said.count(LOOK)):
            self._look(thorough=True, asker=worker)
        for number in (byte for byte in said if byte in LEVEL):
            self._log.level = LEVELS[LEVEL.index(number)]
            self._order([], asker=worker, answer={})
        if BEHIND in said and not worker.is_leaving:
            self._renew(worker)
        staying = self._staying
        if any(item.unconfirmed for item in staying) or len(staying) < self._count:
            return
        if not self._is_ready:
            self._is_ready = True
            self._log.ready(readiness(self._hosting, self._applications))
        self._tell()

    @property
    def _staying(self) -> list[_Worker]:
        return [item for item in self._workers.values() if not item.is_leaving]

    def _renew(self, worker: _Worker) -> None:
        """Have one that is born with what the parent knows take the place of a worker, which drains."""
        if self._stopping is None:
            worker.is_leaving = True
            self._start()
            os.kill(worker.child.pid, signal.SIGTERM)

    def _tell(self) -> None:
        """Tell people, and clients, what changed, now that whichever worker they meet serves it."""
        if not self._untold:
            return
        for worker in self._staying:
            with suppress(OSError):  # its end is told by its channel
                send_announcement(worker.child.channel)
        for changes in self._untold:
            self._log.reloaded(changes, self._keeper.collection.refused)
        self._untold.clear()

    def _bury(self, worker: _Worker) -> None:
        self._selector.unregister(worker.child)
        del self._workers[worker.child.pid]
        code = worker.child.wait()
        (self._folder / str(worker.child.pid)).unlink(missing_ok=True)
        if self._stopping is not None or worker.is_leaving:
            return
        if not self._is_ready:
            # It did not even start, and another one would not, either.
            self._code = FAILED
            self._stop()
            return
        is_young = time.monotonic() - worker.born < _YOUNG_SECONDS
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS) if is_young else _FIRST_PAUSE_SECONDS
        self._due.append(time.monotonic() + self._pause)
        message = f"worker {worker.child.pid} ended ({code}); another one takes its place in {self._pause:g} s"
        self._log.event("worker", "error", message=message, pid=worker.child.pid)

    def _replace(self) -> None:
        now = time.monotonic()
        if self._stopping is not None:
            if now - self._stopping > _STUCK_SECONDS:
                self._signal_all(signal.SIGKILL)
            return
        due, self._due = [at for at in self._due if at <= now], [at for at in self._due if at > now]
        for _ in due:
            self._start()

    def _patience(self) -> float | None:
        if self._stopping is not None:
            return 1.0
        return max(0.0, min(self._due) - time.monotonic()) if self._due else None

    def _on_signals(self) -> None:
        for number in self._signals.received():
            if number == signal.SIGHUP:
                self._look(thorough=True)
            else:
                self._stop()

    def _stop(self) -> None:
        """Have all workers drain; asked again, have them leave at once."""
        if self._stopping is None:
            self._stopping = time.monotonic()
            self._log.event("stopping", message=STOPPING)
        self._signal_all(signal.SIGTERM)

    def _signal_all(self, number: int) -> None:
        for worker in self._workers.values():
            with suppress(ProcessLookupError):
                os.kill(worker.child.pid, number)

    def _watch(self) -> None:
        # A watcher that held a listener's socket would keep its port alive beyond everybody who accepts there.
        foreign = [*self._foreign, *(item.socket for item in self._keeper.bound)]
        if self._lookout.watch(self._keeper.paths, self._keeper.beside, foreign):
            self._selector.register(self._lookout, selectors.EVENT_READ, self._on_lookout)

    def _on_lookout(self) -> None:
        said = self._lookout.receive()
        if not said:
            self._selector.unregister(self._lookout)
            self._watch()
        elif said.startswith(BLIND):
            tell_blind(self._log, said[len(BLIND) :].decode(errors="replace"))
        else:
            self._look(thorough=False)

    def _look(self, *, thorough: bool, asker: _Worker | None = None) -> None:
        """Look at the files, and pass on what is new; the worker that asked for it gets an answer in any case."""
        if self._stopping is not None:
            return
        found: list[Diagnostic] = []

        def tell(diagnostics: Sequence[Diagnostic], sources: dict[str, str]) -> None:
            found.extend(diagnostics)
            self._log.diagnostics(diagnostics, sources)

        update = None
        try:
            update = self._keeper.update(tell, thorough=thorough)
            if update is not None:
                self._pass_on(update, asker, found)
        except Exception as error:  # noqa: BLE001 - what serves goes on serving, whatever a reload runs into
            tell_failure(self._log, error)
        if update is None and asker is not None:
            self._order([], asker=asker, answer=report_of(None, found, self._keeper.collection.refused))

    def _pass_on(self, update: Update, asker: _Worker | None, found: Sequence[Diagnostic]) -> None:
        known = set(self._listeners)
        opened = [
            Opened(item.listener.key, item.endpoint, item.socket)
            for item in update.bound
            if item.listener.key not in known
        ]
        self._order(opened, asker=asker, answer=report_of(update, found, self._keeper.collection.refused))
        self._untold.append(update.changes)
        self._note(update.bound)
        release(update.released)
        if self._lookout.is_elsewhere(self._keeper.paths, self._keeper.beside):
            self._selector.unregister(self._lookout)
            self._watch()

    def _order(self, opened: Sequence[Opened], *, asker: _Worker | None, answer: Json) -> None:
        """Tell all workers what is to be served; `answer` is for the one that asked."""
        orders = Orders(self._keeper.versions, opened, self._keeper.standings, self._log.level)
        for worker in self._staying:
            with suppress(OSError):  # its end is told by its channel
                send_orders(worker.child.channel, orders._replace(answer=answer) if worker is asker else orders)
                worker.unconfirmed += 1

    def _note(self, bound: Sequence[Bound]) -> None:
        """Tell of routes that share a listener, and remember what is served for the summary."""
        before = {item for application in self._applications.values() for item in application.diagnostics}
        engine = Engine(ReqwestUpstream())
        made = make_applications(bound, self._listeners, self._applications, engine, self._log.request)
        self._listeners = {item.listener.key: item.listener for item in bound}
        self._applications = {key: made.get(key) or self._applications[key] for key in self._listeners}
        self._log.diagnostics([item for one in made.values() for item in one.diagnostics if item not in before])
