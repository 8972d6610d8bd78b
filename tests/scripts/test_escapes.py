"""What a script must not be able to do, tried in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.errors import ScriptFailureError
from naftiko_runtime.plan.text.values import ABSENT
from tests.scripts.running import QUICK, run

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox(1)
    yield made
    await made.close()


OUT_OF_REACH = {
    "javascript": {
        "modules": "require('fs')",
        "the process": "process.exit(1)",
        "environment": "process.env",
        "a shell": "std.popen('id', 'r')",
        "files": "os.open('/etc/passwd')",
        "loading a file": "load('/etc/passwd')",
        "network": "new XMLHttpRequest()",
        "fetch": "fetch('http://127.0.0.1')",
        "sockets": "new WebSocket('ws://127.0.0.1')",
        "workers": "new Worker('x')",
        "timers of the host": "setTimeout(() => 1, 1)",
        "Python behind a function": "print.__globals__.x",
        "Python behind the context": "context.constructor.constructor('return os')()",
        "a static import": "eval(\"import * as os from 'os'\")",
        "Java": "Java.type('java.lang.System')",
        "the frozen console": "'use strict'; console.log = 1",
    },
    "python": {
        "modules of the system": "import subprocess",
        "sockets": "import socket",
        "a shell": "import os\nos.system('id')",
        "environment": "import os\nos.environ",
        "files": "open('/etc/passwd').read()",
        "writing files": "open('written', 'w')",
        "paths": "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "folders": "import os\nos.listdir('/')",
        "processes": "import multiprocessing",
        "threads": "import threading",
        "foreign functions": "import ctypes",
        "our own package": "import naftiko_runtime",
        "the engine": "import pydantic_monty",
        "loaded modules": "import sys\nsys.modules",
        "frames": "import sys\nsys._getframe()",
        "importing by name": "__import__('os')",
        "classes behind a value": "().__class__.__bases__[0].__subclasses__()",
        "classes by getattr": "getattr(getattr((), '__cla' + 'ss__'), '__base__')",
        "globals of a function": "def f(): pass\nf.__globals__",
        "code of a function": "def f(): pass\nf.__code__",
        "builtins": "__builtins__.open",
        "classes by format": "'{0.__class__.__base__}'.format(())",
        "globals by exec": 'exec("import subprocess")',
        "globals by eval": "eval(\"__import__('os')\")",
        "input": "input()",
        "quitting": "quit()",
    },
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(language, text, id=f"{language}: {name}")
        for language, attempts in OUT_OF_REACH.items()
        for name, text in attempts.items()
    ],
)
async def test_nothing_outside_is_in_reach(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, language, text)

    assert "ended" not in caught.value.reason
    assert await run(sandbox, language, "result = 1") == 1


async def test_a_module_can_not_be_imported_later(sandbox: Sandbox) -> None:
    text = "import('os').then(() => { result = 'in' }, () => { result = 'out' })"

    assert await run(sandbox, "javascript", text) in ("out", ABSENT)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "eval('1')"),
        ("javascript", "(0, eval)('1')"),
        ("javascript", "Function('return 1')()"),
        ("javascript", "new Function('return 1')()"),
        ("javascript", "(() => 1).constructor('return 1')()"),
        ("javascript", "(async () => 1).constructor('return 1')()"),
        ("javascript", "(function* () {}).constructor('yield 1')()"),
        ("javascript", "(async function* () {}).constructor('yield 1')()"),
        ("javascript", "Reflect.construct(Object.getPrototypeOf(async () => 1).constructor, ['1'])"),
        ("python", "eval('1')"),
        ("python", "exec('1')"),
        ("python", "[exec][0]('1')"),
    ],
)
async def test_no_code_is_made_from_text(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError, match="code can't be made from text here") as caught:
        await run(sandbox, language, f"\n{text}")

    assert caught.value.line == 2


async def test_functions_are_still_functions(sandbox: Sandbox) -> None:
    assert await run(sandbox, "javascript", "result = (() => 1) instanceof Function") is True


ENDLESS = {
    "javascript": {
        "a loop": "while (true) {}",
        "a loop that catches": "for (;;) { try { while (true) {} } catch (e) {} }",
        "a loop in a finally": "try { while (true) {} } finally { while (true) {} }",
        "promises": "(async () => { for (;;) await 0 })()",
        "a regular expression": "/(a+)+$/.test('a'.repeat(60) + 'b')",
        "a regular expression of alternatives": "/^(a|a)*$/.test('a'.repeat(60) + 'b')",
        "a sort": "[...Array(100000).keys()].sort(() => { while (true) {} })",
        "a step that the engine does not count": "Array.prototype.reverse.call({length: 2 ** 53 - 1})",
        "a getter of the result": "Object.defineProperty(globalThis, 'result', {get() { while (true) {} }})",
        "toJSON of the result": "result = {toJSON() { while (true) {} }}",
        "a proxy as the result": "result = new Proxy({}, {ownKeys() { while (true) {} }})",
    },
    "python": {
        "a loop": "while True:\n    pass",
        "a loop that catches": "while True:\n  try:\n    while True:\n      pass\n  except BaseException:\n    pass",
        "a loop in a finally": "try:\n    while True:\n        pass\nfinally:\n    while True:\n        pass",
        "a comprehension": "[0 for x in iter(int, 1) if x]",
        "a sort": "def key(x):\n    while True:\n        pass\nsorted([1, 2], key=key)",
    },
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(language, text, id=f"{language}: {name}")
        for language, attempts in ENDLESS.items()
        for name, text in attempts.items()
    ],
)
async def test_what_never_ends_is_stopped(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError) as caught:
        await run(sandbox, language, text, limits=replace(QUICK, seconds=0.2))

    assert caught.value.reason == "it took longer than 0.2 s"
    assert await run(sandbox, language, "result = 1") == 1


async def test_sleeping_takes_no_time(sandbox: Sandbox) -> None:
    assert await run(sandbox, "python", "import time\ntime.sleep(1000)\nresult = 1") == 1


async def test_a_regular_expression_that_python_would_choke_on_is_no_matter(sandbox: Sandbox) -> None:
    assert await run(sandbox, "python", "import re\nresult = re.match(r'(a+)+$', 'a' * 60 + 'b') is None") is True


GREEDY = {
    "javascript": {
        "a text": "'x'.repeat(1 << 29)",
        "a text that doubles": "let s = 'a'; while (true) s += s",
        "lists": "const a = []; while (true) a.push(new Array(1000).fill(1))",
        "a filled list": "new Array(1e9).fill(0)",
        "a buffer": "new ArrayBuffer(1e10)",
        "a long integer": "7n ** 100000000n",
        "more, after a failure": "const a = []; try { for (;;) a.push('x'.repeat(1e6)) } catch {} for (;;) a.push({a})",
        "promises": "const again = () => Promise.resolve().then(again); again()",
        "a text from an answer": "result = JSON.stringify([...Array(1e7).keys()])",
    },
    "python": {
        "a text": "'x' * 10**10",
        "a text that doubles": "s = 'a'\nwhile True:\n    s += s",
        "lists": "a = []\nwhile True:\n    a.append([0] * 1000)",
        "a filled list": "[0] * 10**10",
        "bytes": "bytes(10**10)",
        "a long integer": "10**10**8",
        "a shift": "1 << 10**12",
        "a range": "list(range(10**9))",
        "a text from parts": "','.join(str(i) for i in range(10**8))",
        "padding": "'x'.ljust(10**10)",
    },
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(language, text, id=f"{language}: {name}")
        for language, attempts in GREEDY.items()
        for name, text in attempts.items()
    ],
)
async def test_what_needs_too_much_memory_is_stopped(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError):
        await run(sandbox, language, text)

    assert await run(sandbox, language, "result = 1") == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "function f() { return f() + 1 }\nf()"),
        ("javascript", "const f = () => [1].map(f)\nf()"),
        ("javascript", "JSON.parse('['.repeat(1e6))"),
        ("javascript", "eval('('.repeat(1e6))"),
        ("javascript", "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))"),
        ("javascript", "let o = []; for (let i = 0; i < 1e5; i++) o = [o]; result = o"),
        ("python", "def f():\n    return f() + 1\nf()"),
        ("python", "f = lambda: sorted([1], key=lambda x: f())\nf()"),
        ("python", "import json\njson.loads('[' * 10**6)"),
        ("python", "eval('(' * 10**5)"),
        ("python", "x = []\nfor i in range(10**5):\n    x = [x]\nresult = x"),
    ],
)
async def test_what_goes_too_deep_fails_and_harms_nobody(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError):
        await run(sandbox, language, text)

    assert await run(sandbox, language, "result = 1") == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "result = () => 1"),
        ("javascript", "result = {a: [() => 1]}"),
        ("javascript", "result = Symbol('x')"),
        ("javascript", "result = 1n"),
        ("javascript", "result = NaN"),
        ("javascript", "result = {a: -Infinity}"),
        ("javascript", "result = {}; result.result = result"),
        ("javascript", "result = Promise.resolve(1)"),
        ("javascript", "result = [new Map()]"),
        ("javascript", "result = '\\ud800'"),
        ("javascript", "JSON.stringify = () => '1'; result = {toJSON() { return 1n }}"),
        ("javascript", "result = 'x'.repeat(9e6)"),
        ("python", "result = lambda: 1"),
        ("python", "result = [print]"),
        ("python", "class A: pass\nresult = A()"),
        ("python", "result = {1, 2}"),
        ("python", "result = b'x'"),
        ("python", "result = float('nan')"),
        ("python", "result = [float('inf')]"),
        ("python", "result = []\nresult.append(result)"),
        ("python", "result = {(1, 2): 3}"),
        ("python", "import datetime\nresult = datetime.datetime.now()"),
        ("python", "result = 10**5000"),
        ("python", "result = 'x' * (9 * 10**6)"),
    ],
)
async def test_a_result_that_json_can_not_say_is_refused(sandbox: Sandbox, language: str, text: str) -> None:
    with pytest.raises(ScriptFailureError):
        await run(sandbox, language, text)

    assert await run(sandbox, language, "result = 1") == 1


async def test_the_way_out_can_not_be_bent(sandbox: Sandbox) -> None:
    text = """
JSON.stringify = () => "{bad";
Object.prototype.toJSON = () => "bent";
String.prototype.toString = () => "bent";
globalThis.eval = () => "bent";
result = [1]
"""
    assert await run(sandbox, "javascript", text) == "bent"  # its own value, by its own rule, and nothing else
    text = "import json\ndef dumps(*x, **y):\n    return 'bent'\nresult = [1]"
    assert await run(sandbox, "python", text) == [1]


async def test_a_key_that_is_a_prototype_elsewhere_is_a_key_here(sandbox: Sandbox) -> None:
    context = {"__proto__": {"admin": True}, "constructor": 1}
    text = "result = [context.admin === undefined, Object.keys(context)]"

    assert await run(sandbox, "javascript", text, context) == [True, ["__proto__", "constructor"]]


async def test_a_text_that_is_no_unicode_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(ScriptFailureError):
        await run(sandbox, "javascript", "throw new Error('\\ud800')")

    assert await run(sandbox, "javascript", "result = 1") == 1
