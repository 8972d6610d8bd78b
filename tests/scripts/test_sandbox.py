from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from naftiko_runtime.engine.engine import to_failure
from naftiko_runtime.engine.outcome import FailureKind
from naftiko_runtime.engine.scripts.process import ScriptProcess, WorkerError, start_process
from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.engine.scripts.settings import Change
from naftiko_runtime.errors import ScriptFailureError
from naftiko_runtime.plan.text.values import ABSENT
from naftiko_runtime.scripts.model import Language, Script, Source
from tests.scripts.running import QUICK, run

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox(1)
    yield made
    await made.close()


async def taken(sandbox: Sandbox) -> None:
    """Wait until the process for JavaScript has something to do."""
    while sandbox._idle[Language.JAVASCRIPT]:  # noqa: ASYNC110 - it tells nobody when it takes one
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "result = {sum: context.a + context.b.c, list: context.list, none: null, yes: true}"),
        ("js", "const result = {sum: 5, list: [1, 'ä'], none: null, yes: true}"),
        (
            "python",
            "result = {'sum': context['a'] + context['b']['c'], 'list': context['list'], 'none': None, 'yes': True}",
        ),
    ],
)
async def test_a_script_reads_its_context_and_leaves_a_result(sandbox: Sandbox, language: str, text: str) -> None:
    context = {"a": 2, "b": {"c": 3}, "list": [1, "ä"]}

    assert await run(sandbox, language, text, context) == {"sum": 5, "list": [1, "ä"], "none": None, "yes": True}


@pytest.mark.parametrize(
    ("language", "text"),
    [("javascript", "context.a"), ("javascript", "result = undefined"), ("python", "context['a']")],
)
async def test_a_script_without_a_result_gives_none(sandbox: Sandbox, language: str, text: str) -> None:
    assert await run(sandbox, language, text, {"a": 1}) is ABSENT


@pytest.mark.parametrize(("language", "text"), [("javascript", "result = null"), ("python", "result = None")])
async def test_nothing_is_a_result(sandbox: Sandbox, language: str, text: str) -> None:
    value = await run(sandbox, language, text)

    assert value is None or value is ABSENT
    assert language == "javascript" or value is None


@pytest.mark.parametrize(
    ("language", "first", "second", "text"),
    [
        (
            "javascript",
            "const rate = 2; function twice(x) { return x * rate }",
            "let four = twice(2)",
            "result = twice(four)",
        ),
        ("python", "rate = 2\ndef twice(x):\n    return x * rate", "four = twice(2)", "result = twice(four)"),
    ],
)
async def test_dependencies_are_evaluated_first_and_in_order(
    sandbox: Sandbox, language: str, first: str, second: str, text: str
) -> None:
    assert await run(sandbox, language, text, dependencies=(first, second)) == 8


async def test_a_result_may_be_set_behind_a_promise(sandbox: Sandbox) -> None:
    text = "(async () => { const x = await Promise.resolve(4); result = x + 1 })()"

    assert await run(sandbox, "javascript", text) == 5


@pytest.mark.parametrize(
    "text", ["(async () => { throw new Error('x') })()", "Promise.reject(1).then(x => { result = x })"]
)
async def test_a_promise_that_is_not_kept_is_told(sandbox: Sandbox, text: str) -> None:
    with pytest.raises(ScriptFailureError, match="promises came to an end without a `result`"):
        await run(sandbox, "javascript", f"{text}; Promise.resolve().then(() => 1)")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "console.log('x'); print('y'); console.error(1); result = 1"),
        ("python", "print('x' * 10**6 * 5)\nresult = 1"),
    ],
)
async def test_what_a_script_prints_goes_nowhere(
    sandbox: Sandbox, language: str, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await run(sandbox, language, text) == 1
    assert capfd.readouterr() == ("", "")


async def test_long_integers_stay_exact_in_python(sandbox: Sandbox) -> None:
    assert await run(sandbox, "python", "result = context['n'] + 1", {"n": 2**70}) == 2**70 + 1


@pytest.mark.parametrize(
    ("language", "text", "line", "reason"),
    [
        ("javascript", "\nthrow new Error('no ' + context.a)", 2, "no 7"),
        ("javascript", "\n\nmissing.x", 3, "missing is not defined"),
        ("javascript", "function f() {\n  null.x\n}\nf()", 2, "TypeError"),
        ("javascript", "throw ''", None, "it failed without a word"),
        ("javascript", "throw {}", None, "[object Object]"),
        ("python", "\nraise ValueError(f\"no {context['a']}\")", 2, "ValueError: no 7"),
        ("python", "def f():\n    return missing\n\nf()", 4, "NameError"),
        ("python", "raise ValueError", 1, "ValueError"),
        ("python", "def f():\n    yield 1", 2, "does not yet support yield expressions"),
    ],
)
async def test_a_script_that_fails_says_where_and_why(
    sandbox: Sandbox, language: str, text: str, line: int | None, reason: str
) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, language, text, {"a": 7})

    assert (caught.value.script, caught.value.line) == ("main", line)
    assert reason in caught.value.reason
    failure = to_failure(caught.value)
    assert failure.kind is FailureKind.SCRIPT
    assert failure.detail.startswith("the script `main` failed")
    assert "Traceback" not in failure.detail


@pytest.mark.parametrize(
    ("language", "dependency", "text"),
    [
        ("javascript", "\n\n\nfunction f() { throw new Error('x') }", "\nf()"),
        ("python", "\n\n\ndef f():\n    raise ValueError('x')", "\nf()"),
    ],
)
async def test_the_line_of_a_failure_is_one_of_the_file_it_names(
    sandbox: Sandbox, language: str, dependency: str, text: str
) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, language, text, dependencies=(dependency,))

    assert (caught.value.script, caught.value.line) == ("main", 2)


@pytest.mark.parametrize(
    ("language", "text"), [("javascript", "\nthrow new Error('x')"), ("python", "\nraise ValueError('x')")]
)
async def test_a_dependency_that_fails_is_named(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, language, "result = 1", dependencies=("ok = 1", text))

    assert (caught.value.script, caught.value.line) == ("dependency-1", 2)


async def test_a_long_reason_is_cut(sandbox: Sandbox) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, "javascript", "throw new Error('x'.repeat(100000))")

    assert len(caught.value.reason) == 500


async def test_a_context_that_json_can_not_say_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ScriptFailureError, match="can't be written as JSON"):
        await run(sandbox, "python", "result = 1", {"a": object()})


@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_runs_share_nothing(sandbox: Sandbox, language: str) -> None:
    leave, look = {
        "javascript": (
            "Object.prototype.leaked = 1; Array.prototype.map = 0; JSON.parse = 0; var left = 1; result = 1",
            "result = [typeof left, {}.leaked === undefined, [1].map(x => x + 1), typeof JSON.parse]",
        ),
        "python": ("left = 1\ncontext['x'] = 2\nresult = 1", "try:\n    left\nexcept NameError:\n    result = context"),
    }[language]
    assert await run(sandbox, language, leave, {"a": 1}) == 1

    expected: Any = ["undefined", True, [2], "function"] if language == "javascript" else {"a": 1}
    assert await run(sandbox, language, look, {"a": 1}) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "context.a.push(2); context.b = 1; delete context.a; result = 1"),
        ("python", "context['a'].append(2)\ncontext['b'] = 1\nresult = 1"),
    ],
)
async def test_a_script_works_on_copies(sandbox: Sandbox, language: str, text: str) -> None:
    context: dict[str, Any] = {"a": [1]}

    await run(sandbox, language, text, context)

    assert context == {"a": [1]}


async def test_the_event_loop_goes_on_while_a_script_runs(sandbox: Sandbox) -> None:
    await run(sandbox, "javascript", "result = 1")
    running = asyncio.create_task(run(sandbox, "javascript", "while (true) {}", limits=replace(QUICK, seconds=0.5)))
    turns = 0
    while not running.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 100  # a loop that waits for the script has one or two
    with pytest.raises(ScriptFailureError):
        await running


@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_a_process_that_dies_is_replaced(sandbox: Sandbox, language: str) -> None:
    assert await run(sandbox, language, "result = 1") == 1
    [process] = sandbox._idle[Language(language)]
    os.killpg(process._process.pid, signal.SIGKILL)

    # Whoever comes before the end is noticed is told; everyone after gets another process.
    outcomes = await asyncio.gather(run(sandbox, language, "result = 1"), return_exceptions=True)
    assert outcomes == [1] or "the process that ran it ended" in str(outcomes)
    assert await run(sandbox, language, "result = 2") == 2


async def test_an_interrupted_run_ends_its_process(sandbox: Sandbox) -> None:
    await run(sandbox, "javascript", "result = 1")
    [process] = sandbox._idle[Language.JAVASCRIPT]
    running = asyncio.create_task(run(sandbox, "javascript", "while (true) {}", limits=replace(QUICK, seconds=60)))
    await taken(sandbox)
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert not process.is_alive
    assert await run(sandbox, "javascript", "result = 2") == 2


async def test_who_waits_for_a_process_waits_no_longer_than_it_may_run(sandbox: Sandbox) -> None:
    await run(sandbox, "javascript", "result = 1")
    long = asyncio.create_task(run(sandbox, "javascript", "while (true) {}", limits=replace(QUICK, seconds=60)))
    await taken(sandbox)

    with pytest.raises(ScriptFailureError, match=r"longer than 0\.1 s"):
        await run(sandbox, "javascript", "result = 1", limits=replace(QUICK, seconds=0.1))
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long


async def test_an_engine_that_does_not_stop_by_itself_is_killed(sandbox: Sandbox) -> None:
    # This is one step of the engine, which looks at its clock between steps alone.
    text = "Array.prototype.reverse.call({length: 2 ** 53 - 1})"
    started = time.perf_counter()

    with pytest.raises(ScriptFailureError, match="it took longer"):
        await run(sandbox, "javascript", text, limits=replace(QUICK, seconds=0.2))
    assert time.perf_counter() - started < 5


async def test_no_process_is_there_before_the_first_script() -> None:
    sandbox = Sandbox()

    assert sandbox._idle == {language: [] for language in Language}
    await sandbox.close()


async def test_a_process_knows_nothing_of_our_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "s3cret")
    await run(sandbox, "javascript", "result = 1")
    [process] = sandbox._idle[Language.JAVASCRIPT]

    with open(f"/proc/{process._process.pid}/environ", "rb") as file:  # noqa: ASYNC230 - a file of the kernel
        assert b"s3cret" not in file.read()


async def test_an_engine_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    monkeypatch.setitem(sys.modules, "_quickjs", None)

    with pytest.raises(ScriptFailureError, match="not installed"):
        await sandbox.run(Script(Language.JAVASCRIPT, Source("main", "1")), {}, QUICK)


async def test_a_process_that_can_not_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(WorkerError, match="can't be started"):
        await start_process(Language.JAVASCRIPT)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("\\xff\\xff\\xff\\xff", "answered with 4294967295 bytes"),
        ("\\0\\0\\0\\2{]", "ended"),
        ("\\0\\0\\0\\2", "ended"),
        ("", "ended"),
    ],
)
async def test_a_process_that_does_not_keep_to_the_form_is_not_believed(answer: str, reason: str) -> None:
    talks = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import sys; sys.stdout.buffer.write(b'{answer}')", stdin=PIPE, stdout=PIPE
    )
    process = ScriptProcess(talks)

    with pytest.raises(WorkerError, match=reason):
        await process.ask({}, 10)
    await process.end()
    await process.end()  # once more does no harm


async def test_runs_are_counted_with_those_that_leave_no_result(sandbox: Sandbox) -> None:
    await run(sandbox, "javascript", "result = 1")
    with pytest.raises(ScriptFailureError):
        await run(sandbox, "javascript", "throw 1")

    assert sandbox.counts[:2] == (2, 1)
    assert 0 < sandbox.counts.seconds < 10
    assert time.time() - 60 < sandbox.counts.last <= time.time()


async def test_no_script_runs_while_scripts_are_turned_off(sandbox: Sandbox) -> None:
    sandbox.settings.change(Change(enabled=False))
    with pytest.raises(ScriptFailureError, match="turned off"):
        await run(sandbox, "javascript", "result = 1")
    assert sandbox.counts.executions == 0

    sandbox.settings.change(Change(enabled=True))
    assert await run(sandbox, "javascript", "result = 1") == 1


async def test_the_statements_that_are_set_stand_in_for_those_of_the_file(sandbox: Sandbox) -> None:
    sandbox.settings.change(Change(statements=50))
    with pytest.raises(ScriptFailureError, match="more than 50 statements"):
        await run(sandbox, "javascript", "while (true) {}")


async def test_the_time_that_is_set_stands_in_for_that_of_the_file(sandbox: Sandbox) -> None:
    sandbox.settings.change(Change(milliseconds=100))
    with pytest.raises(ScriptFailureError, match=r"0\.1 s"):
        await run(sandbox, "javascript", "while (true) {}", limits=replace(QUICK, seconds=60.0))
