"""Scripts that count their statements: what counts, what no script can do about it, and that nothing else changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from naftiko_runtime.engine.scripts.sandbox import Sandbox
from naftiko_runtime.engine.scripts.worker import javascript, python
from naftiko_runtime.errors import ScriptFailureError
from naftiko_runtime.scripts.model import Language
from naftiko_runtime.scripts.statements import count_statements
from tests.scripts.running import QUICK, run

RUNS = {"javascript": javascript.run, "python": python.run}


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox(1)
    yield made
    await made.close()


def outcome(language: str, text: str, statements: int = 10**6) -> dict[str, object]:
    """What a text leaves, run as it is: its result as JSON, or its failure with its line."""
    request = {"sources": [{"name": "a", "text": text}], "context": "{}", "seconds": 20, "statements": statements}
    return RUNS[language]({**request, "memory": QUICK.memory, "most": 10_000})


def counted(language: str, text: str) -> str:
    return count_statements(Language(language), text)


def too_many(statements: int) -> str:
    return f"it took more than {statements} statements, which is its `statementLimit`"


COUNTS = {
    "javascript": {
        "": 0,
        "result = 1": 1,
        "'use strict'; var result = 1": 1,
        "// nothing\nvar a = 1 /* , b */\na += 1": 2,
        "function f() {}": 1,
        "function f() { return 1 }\nf(); f()": 5,
        "const f = () => 1; f(); f(); f()": 7,
        "if (true) result = 1; else result = 2": 2,
        "if (false) result = 1\nelse if (true) result = 2 // two": 3,
        "if (true) { result = 1; result = 2 }": 3,
        "for (let i = 0; i < 10; i++);": 11,
        "for (let i = 0; i < 10; i++) {}": 11,
        "for (let i = 0; i < 10; i++) { i += 0 }": 21,
        "for (const x of [1, 2]) for (const y in {a: 1}) y": 5,
        "let i = 0\ndo i++\nwhile (i < 5)\ni": 8,
        "a: for (;;) { break a }": 3,
        "switch (1) { case 1: result = 1; default: result = 2 }": 3,
        "[1, 2, 3].map(x => x + 1)": 4,
        "try { throw 1 } catch (e) { result = e } finally { result = 2 }": 4,
        "class A { static { 1 } get b() { return 1 } c = () => 1 }\nnew A().b": 4,
        "with ({a: 1}) a": 2,
    },
    "python": {
        "": 0,
        "result = 1": 1,
        "# nothing\na = 1; b = 2\n": 2,
        "def f():\n    return 1\nf(); f()": 4,
        "f = lambda: 1\nf()\nf()": 5,
        "if True: result = 1\nelse: result = 2": 2,
        "if False:\n    pass\nelif True:\n    result = 2": 3,
        "for i in range(10): pass": 11,
        "for i in 1, 2:\n    if i > 1:\n        continue": 4,
        "i = 0\nwhile i < 3:\n    i += 1": 8,
        "result = [x for x in range(3)]": 4,
        "result = [x for x in range(10) if x > 7]": 13,
        "result = {x: 1 for x in range(3)}": 4,
        "result = sum(x for x in range(3))": 4,
        "match (1, 2):\n    case (1, x) if x:\n        result = x": 3,
        "try:\n    raise ValueError\nexcept ValueError:\n    pass\nfinally:\n    result = 1": 3,
        "class A:\n    x = 1\n    def f(self):\n        return self.x\nA().f()": 2,
    },
}


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [pytest.param(language, *item) for language, texts in COUNTS.items() for item in texts.items()],
)
def test_a_script_may_take_as_many_statements_as_it_has(language: str, text: str, count: int) -> None:
    assert "error" not in outcome(language, counted(language, text), count)
    if count:
        assert outcome(language, counted(language, text), count - 1)["error"] == too_many(count - 1)


LINES = {
    "javascript": "let i = 0\n\nfor (;;) {\n  i += 1\n}",
    "python": "i = 0\n\nwhile True:\n    i += 1\n",
}


@pytest.mark.parametrize("language", list(LINES))
def test_the_line_of_one_too_many_is_told(language: str) -> None:
    assert outcome(language, counted(language, LINES[language]), 1000)["line"] in (3, 4)


@pytest.mark.asyncio
@pytest.mark.parametrize("language", list(LINES))
async def test_all_files_of_a_run_count_together(sandbox: Sandbox, language: str) -> None:
    limits = replace(QUICK, statements=2)

    assert await run(sandbox, language, "result = 1", dependencies=("a = 1",), limits=limits) == 1
    with pytest.raises(ScriptFailureError, match="more than 2 statements"):
        await run(sandbox, language, "result = 1", dependencies=("a = 1", "a = 1"), limits=limits)


ENDLESS = {
    "javascript": {
        "one that catches": "for (;;) { try { for (;;); } catch {} }",
        "one in a finally": "try { for (;;); } finally { for (;;); }",
        "one in an arrow": "const f = () => [1].forEach(() => f()); for (;;) { try { f() } catch {} }",
        "promises": "const again = () => Promise.resolve().then(again, again); again()",
        "one behind an await": "(async () => { for (;;) { try { await 0 } catch {} } })()",
        "a getter of the result": "Object.defineProperty(globalThis, 'result', {get() { for (;;); }})",
        "a counter that is defined anew": "const p = Number.prototype, f = () => 1\n"
        "try { Object.defineProperty(p, 'naftikoStatement', {get: f}) } catch {} for (;;);",
        "a counter that is taken away": "delete Number.prototype.naftikoStatement; for (;;);",
        "a counter that is hidden": "with (new Proxy({}, {has: () => true, get: () => 1})) { for (;;); }",
        "a counter of another prototype": "Number = class {}; Object.setPrototypeOf(0..constructor, null); for (;;);",
        "numbers without a prototype": "Object.setPrototypeOf(Object.getPrototypeOf(0), null); for (;;);",
        "a failure that is something else": "Error = class { constructor() { return 0 } }; for (;;);",
        "a name that loops": "function naftikoStatement() { for (;;); } naftikoStatement()",
    },
    "python": {
        "one that catches": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "one in a finally": "try:\n  while True: pass\nfinally:\n  while True: pass",
        "a comprehension": "[0 for x in iter(int, 1) if x]",
        "a generator": "sum(0 for x in iter(int, 1))",
        "a lambda": "f = lambda: 0\nlist(map(lambda x: f(), iter(int, 1)))",
        "a key": "sorted(range(10**4), key=lambda x: x)",
        "another evaluation": "eval = exec\nwhile True: pass",
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
def test_no_script_gets_around_its_count(language: str, text: str) -> None:
    assert outcome(language, counted(language, text), 1000)["error"] == too_many(1000)


SAME = {
    "javascript": [
        "const a = [3, 1, 2]\nconst b = a\n;[result] = b",
        "let x = 1\nlet y = x\n++x\nresult = [x, y]",
        "function f() { return\n1 }\nresult = [f()]",
        "function f() { 'use strict'; return this === undefined }\nresult = f()",
        "'use strict'; 'and more'\nresult = (function () { return this === undefined })()",
        "result = []; l: for (const a of [1, 2, 3]) { for (;;) { result.push(a); if (a > 1) break l; continue l } }",
        "let i = 0; do { i++ } while (i < 3) result = i",
        "let i = 0; do i++; while (i < 3) result = i",
        "if (false) ; else result = 1",
        "if (true)\n  // why\n  result = 1 // so\nelse\n  result = 2",
        "result = hoisted(); function hoisted() { return 1 }",
        "if (true) function g() { return 2 }\nresult = g()",
        "result = (() => ({a: 1}))().a",
        "result = (a => b => (c, d = a) => [a, b, c, d])(1)(2)(3)",
        "result = [1, 2].map(x => x ? `a${[x].map(y => y * 2)}` : /[/]}/.test('/'))",
        "switch (2) { case 1: result = 1; break; case 2: { result = 2 } case 3: result += 1 }",
        "var get = 1, of = 2, async = 3; result = [get, of, async]",
        "result = ((async) => async)(1)",
        "class A { #x = 1; static make() { return new A } get x() { return this.#x } static { this.z = 3 } }\n"
        "result = [A.make().x, A.z]",
        "function* g() { const a = yield 1; yield a }\nconst it = g(); it.next(); result = it.next(5).value",
        "(async () => { for await (const x of [1, Promise.resolve(2)]) result = x })()",
        "result = 'ä' + `\n` + 'é'; throw new Error('ü')",
        "\n\nthrow new Error('third line')",
        "var a = 1\nvar b = a\n/1/1\nresult = b",
        "result = 0; for (var i = 0, n = 3; i < n; i++) if (i % 2) continue; else result += i",
        "result = (function () { try { return 1 } finally { result = 2 } })()",
        "<!-- a comment\nresult = 1\n--> another\nresult++",
        "result = ((a, b = () => 1, ...c) => { return c.length + b() })(1, undefined, 2, 3)",
        "new class { constructor() { result = new.target !== undefined } }",
        "{ let result2 = 1 } { result = 2 }",
        "a = 1, result = a",
        "if (0) { } else { }\nresult = typeof missing",
    ],
    "python": [
        "'a text'\nresult = 1",
        "result = []\nfor a, b in (1, 2), (3, 4): result.append(a + b)",
        "result = 0\nfor x in [1, 2, 3]:\n    if x == 2: continue\n    result += x\nelse: result += 10",
        "result = 0\nwhile result < 3: result += 1",
        "x = 3\nif x > 5: result = 1\nelif (y := x) == 3: result = y\nelse: result = 2",
        "if not (True and\n        False): result = 1",
        "def f(a, *b, c=1, **d):\n    'what it does'\n    global result\n    result = [a, b, c, d]\nf(1, 2, c=3, e=4)",
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    g()\n"
        "    return g()\nresult = f()",
        "class A:\n    x = 1\n    def f(self): return self.x\n    g = lambda self: self.x + 1\n"
        "result = [A().f(), A().g()]",
        "result = [[x, y] for x in range(3) if x if x > 1 for y in range(x)]",
        "result = {k: v for k, v in {'a': 1}.items() if v}",
        "result = sorted({x % 2 for x in range(5)})",
        "result = (lambda a: (lambda b: a + b))(1)(2)",
        "result = f\"{[x for x in 'ab']} {'ä'!r} {3:>{4}}\"",
        "match {'a': [1, 2]}:\n    case {'a': [1, *rest]} if rest: result = rest\n    case _: result = None",
        "match 1, 2:\n    case 1, x: result = x",
        "try:\n    1 / 0\nexcept (ZeroDivisionError, ValueError) as e: result = str(e)\nelse: result = 1\n"
        "finally: result += '!'",
        "result = 'é'; raise ValueError('ü')",
        "\n\nraise ValueError('third line')",
        "import json; from math import floor as f\nresult = json.loads(str(f(2.5)))",
        "x: int = 3\nassert x, 'no'\nresult = x if x else 0",
        "result = sum(x for x in range(4) if x % 2)",
        "async def f():\n    return 1\nresult = await f()",
        "result = 1 if [x for x in [] if x] else 2",
        "if True:\n\tresult = 1 # a tab",
        "result = [\n  x # one\n  for x in (1,\n 2)\n]",
        "a = b = 1; result = a \\\n  + b",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [pytest.param(language, text) for language, texts in SAME.items() for text in texts]
)
def test_a_script_does_the_same_when_it_is_counted(language: str, text: str) -> None:
    own = counted(language, text)

    assert own != text
    assert outcome(language, own) == outcome(language, text)
    assert own.count("\n") == text.count("\n")


def test_a_text_that_nests_deep_is_read_all_the_same() -> None:
    text = "[" * 5000 + "]" * 5000 + "\n" + "if (1) " * 5000 + "x"

    assert count_statements(Language.JAVASCRIPT, text).count("naftikoStatement") == 5002
