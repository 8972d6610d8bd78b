"""The process that runs scripts, from inside: what it answers to a request, and how it serves."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic_monty
import pytest

from naftiko_runtime.engine.scripts import worker
from naftiko_runtime.engine.scripts.worker import __main__ as process
from naftiko_runtime.engine.scripts.worker import javascript, python

RUNS = {"javascript": javascript.run, "python": python.run}
BY_LANGUAGE = pytest.mark.parametrize("language", list(RUNS))


def request(
    *texts: str, context: str = "{}", seconds: float = 0.5, memory: int = 32 * 1024**2, statements: int = 10**9
) -> dict[str, Any]:
    sources = [{"name": f"file-{number}", "text": text} for number, text in enumerate(texts)]
    return {
        "sources": sources,
        "context": context,
        "seconds": seconds,
        "memory": memory,
        "statements": statements,
        "most": 1000,
    }


@pytest.mark.parametrize(
    ("language", "texts", "answer"),
    [
        ("javascript", ["result = context.a"], {"text": "1"}),
        ("javascript", ["1"], {"text": None}),
        ("javascript", ["var x = 2", "Promise.resolve().then(() => { result = x })"], {"text": "2"}),
        ("javascript", ["\nthrow new Error('no')"], {"error": "no", "source": "file-0", "line": 2}),
        ("javascript", ["1", "\nthrow new Error('no')"], {"error": "no", "source": "file-1", "line": 2}),
        ("javascript", ["throw ''"], {"error": "it failed without a word", "source": "file-0", "line": None}),
        ("javascript", ["while (1) {}"], {"error": "it took longer than 0.5 s", "source": "file-0", "line": 1}),
        (
            "javascript",
            ["(async () => { for (;;) await 0 })()"],
            {"error": "it took longer than 0.5 s", "source": "file-0", "line": None},
        ),
        (
            "javascript",
            ["'x'.repeat(1e9)"],
            {"error": "it needed more than 32 MiB of memory", "source": "file-0", "line": 1},
        ),
        (
            "javascript",
            ["result = {toJSON: () => 1n}"],
            {"error": "its result holds a BigInt, which JSON can't say", "source": None, "line": None},
        ),
        ("python", ["result = context['a']"], {"text": "1"}),
        ("python", ["1"], {"text": None}),
        ("python", ["x = 2\nprint(x)", "result = x"], {"text": "2"}),
        ("python", ["\nraise ValueError('no')"], {"error": "ValueError: no", "source": "file-0", "line": 2}),
        ("python", ["1", "\nx ="], {"error": "Expected an expression", "source": "file-1", "line": 2}),
        ("python", ["while 1:\n  0"], {"error": "it took longer than 0.5 s", "source": "file-0", "line": None}),
        ("python", ["'x' * 10**9"], {"error": "it needed more than 32 MiB of memory", "source": "file-0", "line": 1}),
        (
            "python",
            ["result = {1}"],
            {"error": "TypeError: Object of type set is not JSON serializable", "source": None, "line": None},
        ),
    ],
)
def test_a_request_is_answered(language: str, texts: list[str], answer: dict[str, Any]) -> None:
    assert RUNS[language](request(*texts, context='{"a": 1}')) == answer


def test_an_engine_that_breaks_has_no_line_to_tell() -> None:
    with (
        pydantic_monty.Monty(request_timeout=0.1) as pool,
        pool.checkout() as session,
        pytest.raises(pydantic_monty.MontyCrashedError) as caught,
    ):
        session.feed_run("while True: pass")

    assert python._line(caught.value) is None


def test_requests_are_served_until_there_are_no_more() -> None:
    answers = io.BytesIO()
    body = json.dumps(request("result = 1")).encode()
    process.serve(io.BytesIO(2 * (len(body).to_bytes(4, "big") + body)), answers, javascript.run)

    one = b'{"text": "1"}'
    assert answers.getvalue() == 2 * (len(one).to_bytes(4, "big") + one)


def test_an_answer_that_is_too_long_is_a_failure() -> None:
    assert process.bounded({"text": "x" * 5}, 5) == {"text": "x" * 5}
    assert process.bounded({"text": "x" * 6}, 5)["error"] == "its result is 6 characters of JSON, more than 5"
    assert process.bounded({"error": "x"}, 0) == {"error": "x"}


@BY_LANGUAGE
def test_a_process_has_nothing_of_this_package_and_gives_up_what_it_needs_not(language: str) -> None:
    look = (
        "import sys; sys.path.insert(0, sys.argv[3]); sys.argv[3:] = []\n"
        "import runpy; process = runpy.run_path(sys.argv[1] + '/__main__.py')\n"
        "process['confine'](); import resource\n"
        "print([resource.getrlimit(x)[0] for x in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)],"
        " 'naftiko_runtime' in sys.modules)"
    )
    folder = Path(worker.__file__).parent
    command = [sys.executable, "-I", "-S", "-c", look, str(folder), language, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == "[0, 0] False\n"


@BY_LANGUAGE
def test_a_process_ends_with_its_input(language: str) -> None:
    packages = str(Path(pydantic_monty.__file__).parent.parent)
    body = json.dumps(request("result = 1")).encode()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(process.__file__)), language, packages],
        input=len(body).to_bytes(4, "big") + body,
        capture_output=True,
        check=True,
        env={"PATH": str(Path(sys.executable).parent)},
    )

    assert done.stdout.endswith(b'{"text": "1"}')
