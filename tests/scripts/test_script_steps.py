"""Steps that run scripts, from the file to the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime import InvocationError, Runtime
from tests.runner import command
from tests.scripts.shop import STEP, capability, control, fill, written
from tests.upstream import Answer, Upstream

ORDERS = [{"id": "a", "total": 3}, {"id": "b", "total": 4}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path)


@pytest.fixture
def shop(upstream: Upstream) -> Upstream:
    upstream.answer("GET", "/orders", Answer.json(ORDERS))
    return upstream


async def called(path: Path, shop: Upstream, *, allow_scripts: bool = True) -> object:
    async with Runtime(path, upstreams={"shop": shop.url}, allow_scripts=allow_scripts, partial=True) as runtime:
        return await runtime.call("desk.total", {"rate": 2})


@pytest.mark.parametrize(
    "step",
    [
        STEP,
        STEP.replace("javascript", "python").replace("total.js", "total.py"),
        STEP.replace("file:///./scripts", "file://./scripts/"),
        STEP.replace("file:///./scripts", "scripts"),
        STEP.replace("file:///./scripts", "file:///.").replace("total.js", "scripts/total.js"),
    ],
)
async def test_a_script_works_on_inputs_and_earlier_results(folder: Path, shop: Upstream, step: str) -> None:
    assert await called(written(folder, capability(step)), shop) == {"sum": 14}


async def test_a_script_gets_its_dependencies_and_what_with_gives(folder: Path, shop: Upstream) -> None:
    step = STEP.replace("total.js", "given.js").replace(
        "}", ", dependencies: [twice.js], with: {more: tools.rate, fixed: 'at {{rate}}'}}"
    )
    assert await called(written(folder, capability(step)), shop) == {"sum": [4, "at 2", 2]}


async def test_the_result_of_a_script_may_be_that_of_all_steps(folder: Path, shop: Upstream) -> None:
    assert await called(written(folder, capability(mappings="")), shop) == 14


async def test_a_script_without_a_result_gives_nothing(folder: Path, shop: Upstream) -> None:
    step = STEP.replace("total.js", "nothing.py").replace("javascript", "python")

    assert await called(written(folder, capability(step, mappings="")), shop) is None


async def test_the_control_adapter_says_what_steps_leave_out(folder: Path, shop: Upstream) -> None:
    settings = "{enabled: true, defaultLocation: 'file:///./scripts', defaultLanguage: javascript}"
    text = capability("{name: total, type: script, file: total.js}", control(settings))

    assert await called(written(folder, text), shop, allow_scripts=False) == {"sum": 14}


async def test_a_script_that_throws_fails_the_call_with_its_step_and_its_words(folder: Path, shop: Upstream) -> None:
    path = written(folder, capability(STEP.replace("total.js", "throws.js")))

    with pytest.raises(InvocationError) as caught:
        await called(path, shop)
    assert str(caught.value) == "step `total`: the script `throws.js` failed, line 2: no rate for a"
    assert caught.value.code == "NK8023"


async def test_the_timeout_of_the_control_adapter_stops_a_script(folder: Path, shop: Upstream) -> None:
    text = capability(STEP.replace("total.js", "slow.js"), control("{timeout: 200, statementLimit: 1000000000}"))

    with pytest.raises(InvocationError, match=r"it took longer than 0\.2 s"):
        await called(written(folder, text), shop)


async def test_the_statement_limit_of_the_control_adapter_stops_a_script(folder: Path, shop: Upstream) -> None:
    text = capability(STEP.replace("total.js", "slow.js"), control("{statementLimit: 500}"))

    with pytest.raises(InvocationError, match=r"`slow\.js` failed, line 1: it took more than 500 statements"):
        await called(written(folder, text), shop)


async def test_a_script_may_take_100000_statements_where_nobody_says_more(folder: Path, shop: Upstream) -> None:
    text = capability(STEP.replace("total.js", "slow.js"), control("{enabled: true}"))

    with pytest.raises(InvocationError, match="more than 100000 statements"):
        await called(written(folder, text), shop)


def test_the_command_line_allows_scripts(folder: Path, shop: Upstream) -> None:
    path = str(written(folder, capability()))
    words = ("call", path, "desk.total", "rate=2", "--upstream", f"shop={shop.url}")

    refused = command(*words)
    assert (refused.code, "NK2016" in refused.err) == (1, True)
    assert command(*words, "--allow-scripts").out == '{"sum":14}\n'
    assert command(*words, env={"NAFTIKO_ALLOW_SCRIPTS": "true"}).out == '{"sum":14}\n'


def test_a_file_with_scripts_is_valid_whoever_may_run_them(folder: Path) -> None:
    assert command("validate", str(written(folder, capability()))).code == 0


async def test_the_folder_of_all_scripts_is_named_from_the_capability_and_a_steps_own_from_its_file(
    folder: Path, shop: Upstream
) -> None:
    shared = folder / "shared"
    (shared / "own").mkdir(parents=True)
    (shared / "own" / "words.js").write_text("result = 'of ' + context.total")
    (shared / "sums.yaml").write_text(
        "naftiko: 1.0.0-alpha2\n"
        "aggregates:\n"
        "- label: Sums\n"
        "  namespace: sums\n"
        "  functions:\n"
        "  - name: sum\n"
        "    description: A sum.\n"
        "    inputParameters: [{name: rate, type: number, description: R.}]\n"
        "    steps:\n"
        "    - {name: orders, type: call, call: shop.list}\n"
        "    - {name: total, type: script, language: javascript, file: total.js}\n"
        "    - {name: words, type: script, language: javascript, location: 'file:///./own', file: words.js}\n"
    )
    text = capability(control=control("{defaultLocation: 'file:///./scripts'}"))
    tool = text.index("    - name: total")
    end = text.index("  - {type: control")
    text = text[:tool] + "    - {name: total, ref: sums.sum}\n" + text[end:]
    text = text.replace(
        "  exposes:", "  aggregates: [{import: sums, location: 'file:///./shared/sums.yaml'}]\n  exposes:"
    )

    assert await called(written(folder, text), shop) == "of 14"
