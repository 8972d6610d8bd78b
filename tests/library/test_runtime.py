"""What does a runtime serve, and how are its functions called?"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from naftiko_runtime import (
    AddressError,
    ArgumentError,
    DeadlineError,
    InvocationError,
    Limits,
    Runtime,
    SpecError,
    TransportError,
    UpstreamError,
    load,
)
from naftiko_runtime.testing import StubUpstream
from tests.library.quays import DEMO, ENV, KEY, ROOT, SHIPYARD, mock_route, mock_tools, quays
from tests.upstream import Answer, Upstream, refusing


@pytest.fixture
def stub() -> StubUpstream:
    return StubUpstream()


@pytest.fixture
def runtime(stub: StubUpstream) -> Runtime:
    return Runtime(quays(), env=ENV, transport=stub)


@pytest.mark.parametrize(
    "source",
    [DEMO, str(DEMO), DEMO.read_text(), load(DEMO), [DEMO], (load(DEMO),)],
    ids=lambda item: type(item).__name__,
)
async def test_every_kind_of_source_is_served(source: object) -> None:
    runtime = Runtime(source)  # type: ignore[arg-type]
    assert await runtime.call("harbour.say-hello", name="Ada") == {"greeting": "Hello Ada", "harbour": "Lindholm"}


def test_a_loaded_spec_is_served_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(mock_route("before"))
    spec = load(path)
    path.write_text(mock_route("after"))
    assert Runtime(spec).functions() == ["before.who"]


@pytest.mark.parametrize(
    "name", ["quays-rest.show", "show", "GET /quays/{quay-id}", "quays.show-quay", "quays.quay.show-quay", "show-quay"]
)
async def test_a_function_is_called_by_any_of_its_names(runtime: Runtime, stub: StubUpstream, name: str) -> None:
    stub.on("GET", "/v1/quays/7").answers(json={"id": 7})
    assert await runtime.call(name, quay_id="7") == {"id": 7}


async def test_arguments_come_by_keyword_or_under_their_own_names(runtime: Runtime, stub: StubUpstream) -> None:
    stub.on("GET", "/v1/quays/a%2Fb").answers(json={})
    await runtime.call("quays-rest.show", {"quay-id": "a/b", "$top": "5"}, filter_kind="dry")
    assert stub.requests[-1].query == {"$top": "5", "filter[kind]": "dry", "api_key": KEY}


async def test_an_argument_that_is_called_name_is_no_other(stub: StubUpstream) -> None:
    assert (await Runtime(DEMO).call("harbour.say-hello", name="name"))["greeting"] == "Hello name"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"text": "plain"}, "plain"),
        ({"content": b"\x89PNG", "headers": {"content-type": "image/png"}}, b"\x89PNG"),
        ({"content": b"\x00"}, b"\x00"),
        ({"json": [1, 2**70]}, [1, 2**70]),
        ({"content": b'{"a":1}', "headers": {"content-type": "application/problem+json"}}, {"a": 1}),
        ({"content": b"{no", "headers": {"content-type": "application/json"}}, "{no"),
        ({"content": b"<a/>", "headers": {"content-type": "application/xml"}}, "<a/>"),
        ({"content": "é".encode("latin-1"), "headers": {"content-type": "text/plain; charset=latin-1"}}, "é"),
        ({"content": b"e", "headers": {"content-type": "text/plain; charset=nonsense"}}, "e"),
        ({"status": 204}, None),
    ],
)
async def test_a_result_is_the_value_that_its_media_type_means(
    runtime: Runtime, stub: StubUpstream, answer: dict[str, object], value: object
) -> None:
    stub.on("POST", "/v1/quays/7").answers(**answer)  # type: ignore[arg-type]
    assert await runtime.call("quays-rest.print", quay_id="7") == value


async def test_bad_arguments_name_every_field_and_reach_no_upstream(runtime: Runtime, stub: StubUpstream) -> None:
    with pytest.raises(ArgumentError) as caught:
        await runtime.call("quays-rest.show", {"$top": "many", "harbour": 1})
    assert {field.field for field in caught.value.fields} == {"$top", "harbour", "quay-id"}
    assert stub.requests == []


async def test_an_argument_that_is_given_twice_is_refused(runtime: Runtime) -> None:
    with pytest.raises(ArgumentError, match="quay_id: is given twice"):
        await runtime.call("quays-rest.show", {"quay_id": "7"}, quay_id="8")


async def test_an_answer_outside_2xx_is_an_upstream_error_with_its_body(runtime: Runtime, stub: StubUpstream) -> None:
    stub.on("GET", "/v1/quays/7").answers(json={"why": "gone"}, status=410)
    with pytest.raises(UpstreamError) as caught:
        await runtime.call("quays-rest.show", quay_id="7")
    assert (caught.value.status, caught.value.path, caught.value.body) == (410, "/v1/quays/7", b'{"why": "gone"}')


BREAKS: dict[str, tuple[Exception, type[InvocationError], str]] = {
    "refused": (httpx.ConnectError("refused"), TransportError, "NK8003"),
    "slow": (httpx.ReadTimeout("slow"), DeadlineError, "NK8004"),
    "unreachable": (httpx.ConnectTimeout("slow"), DeadlineError, "NK8004"),
    "odd": (RuntimeError(KEY), TransportError, "NK8003"),
}


@pytest.mark.parametrize("case", BREAKS)
async def test_an_upstream_that_breaks_is_told_by_its_kind(runtime: Runtime, stub: StubUpstream, case: str) -> None:
    error, kind, code = BREAKS[case]
    stub.on("GET", "/v1/quays/7").raises(error)
    with pytest.raises(kind) as caught:
        await runtime.call("quays-rest.show", quay_id="7")
    assert caught.value.code == code


@pytest.mark.parametrize(("case", "phase", "seconds"), [("slow", "call", 7.0), ("unreachable", "connect", 3.0)])
async def test_a_deadline_says_which_one_it_was(stub: StubUpstream, case: str, phase: str, seconds: float) -> None:
    runtime = Runtime(quays(), env=ENV, transport=stub, limits=Limits(connect=3.0, call=7.0))
    stub.on("GET", "/v1/quays").raises(BREAKS[case][0])
    with pytest.raises(DeadlineError) as caught:
        await runtime.call("quays-rest.list")
    assert (caught.value.phase, caught.value.seconds) == (phase, seconds)


async def test_an_answer_that_is_no_json_is_a_transport_error(runtime: Runtime, stub: StubUpstream) -> None:
    stub.on("GET", "/v1/quays").answers(text="<html>")
    with pytest.raises(TransportError) as caught:
        await runtime.call("quays-rest.list")
    assert caught.value.code == "NK8006"


async def test_an_answer_beyond_the_limit_is_refused(stub: StubUpstream) -> None:
    runtime = Runtime(quays(), env=ENV, transport=stub, limits=Limits(body=10))
    stub.on("GET", "/v1/quays").answers(json=list(range(100)))
    with pytest.raises(TransportError, match="larger than 10 bytes") as caught:
        await runtime.call("quays-rest.list")
    assert caught.value.code == "NK8005"


async def test_an_api_without_an_address_is_an_address_error() -> None:
    runtime = Runtime(quays().replace("      baseUri: https://quays.invalid/v1\n", ""), env=ENV)
    with pytest.raises(AddressError) as caught:
        await runtime.call("quays-rest.list")
    assert caught.value.code == "NK8013"


@pytest.mark.parametrize(
    ("name", "told"),
    [("quays-rest.shwo", "did you mean `quays-rest.show`"), ("zzz", "here are: quays-rest.show, quays-rest.print")],
)
async def test_a_name_that_means_nothing_is_told(runtime: Runtime, name: str, told: str) -> None:
    with pytest.raises(InvocationError, match=told) as caught:
        await runtime.call(name)
    assert caught.value.code == "NK8007"


async def test_a_name_of_different_functions_is_never_guessed() -> None:
    runtime = Runtime([mock_route("east"), mock_route("west")])
    with pytest.raises(InvocationError, match=r"`east\.who` \(GET /who\), `west\.who` \(GET /who\)"):
        await runtime.call("who")


def test_everything_that_can_be_called_has_a_name(runtime: Runtime) -> None:
    assert runtime.functions() == ["quays-rest.show", "quays-rest.print", "quays-rest.list", "quays-mcp.show-quay"]


def test_operations_that_share_a_name_go_by_their_routes() -> None:
    text = quays().replace("name: print,", "name: show,")
    assert Runtime(text, env=ENV).functions()[:2] == ["GET /quays/{quay-id}", "POST /quays/{quay-id}"]


async def test_over_real_sockets_the_request_is_the_one_of_the_spec(upstream: Upstream) -> None:
    async with Runtime(SHIPYARD, env={"SHIPYARD_API_KEY": "k"}, upstreams={"shipyard-docks": upstream.url}) as runtime:
        found = await runtime.call("shipyard-docks.inspectdrydock", dry_dock_id="no 7")
    assert upstream.last.path == "/dry_docks/no%207"
    assert upstream.last.header("Authorization") == "Bearer k"
    assert found == upstream.last.echo()


async def test_after_a_close_the_next_call_connects_again(upstream: Upstream) -> None:
    runtime = Runtime(quays(), env=ENV, upstreams={"quays": upstream.url})
    upstream.answer("GET", "/quays", Answer.json([1]))
    for _ in range(2):
        assert await runtime.call("quays-rest.list") == [1]
        await runtime.close()


async def test_two_runtimes_of_one_file_keep_their_environments_apart(stub: StubUpstream) -> None:
    other = StubUpstream()
    first = Runtime(quays(), env={"QUAY_KEY": "one"}, transport=stub)
    second = Runtime(quays(), env={"QUAY_KEY": "two"}, transport=other)
    for runtime, upstream in ((first, stub), (second, other)):
        upstream.on("GET", "/v1/quays").answers(json=[])
        await runtime.call("quays-rest.list")
    assert (stub.requests[0].query, other.requests[0].query) == ({"api_key": "one"}, {"api_key": "two"})


async def test_an_injected_environment_takes_the_place_of_the_process_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUAY_KEY", KEY)
    with pytest.raises(SpecError, match="QUAY_KEY"):
        Runtime(quays(), env={})


async def test_the_process_environment_is_read_when_a_runtime_is_made(
    monkeypatch: pytest.MonkeyPatch, stub: StubUpstream
) -> None:
    monkeypatch.setenv("QUAY_KEY", "then")
    runtime = Runtime(quays(), transport=stub)
    monkeypatch.setenv("QUAY_KEY", "later")
    stub.on("GET", "/v1/quays").answers(json=[])
    await runtime.call("quays-rest.list")
    assert stub.requests[0].query == {"api_key": "then"}


async def test_an_env_file_fills_what_the_environment_leaves_open(tmp_path: Path, stub: StubUpstream) -> None:
    (tmp_path / "test.env").write_text("QUAY_KEY=filed\n")
    runtime = Runtime(quays(), env={}, env_file=tmp_path / "test.env", transport=stub)
    stub.on("GET", "/v1/quays").answers(json=[])
    await runtime.call("quays-rest.list")
    assert stub.requests[0].query == {"api_key": "filed"}


def test_an_env_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        Runtime(quays(), env_file=tmp_path / "missing.env")
    assert [item.code for item in caught.value.diagnostics] == ["NK1001"]


def test_a_file_with_errors_raises_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(quays().replace("call: quays.", "call: quais."))
    with pytest.raises(SpecError) as caught:
        Runtime(tmp_path / "bad.yaml", env=ENV)
    assert [item.code for item in caught.value.diagnostics if item.is_error] == ["NK3002"] * 4


def test_in_a_folder_bad_files_are_told_and_the_good_ones_serve(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bad.yaml").write_text(quays().replace("call: quays.list", "call: quays.lost"))
    (tmp_path / "good.yaml").write_text(mock_route("good"))
    runtime = Runtime(tmp_path, env=ENV)
    assert runtime.functions() == ["good.who"]
    assert [Path(item.file).name for item in runtime.diagnostics if item.is_error] == ["bad.yaml"]
    assert [(record.levelno, "NK3001" in record.getMessage()) for record in caplog.records] == [(logging.WARNING, True)]


@pytest.mark.parametrize(("source", "code"), [([], "NK7006"), ("folder", "NK7006"), ("missing.yaml", "NK1001")])
def test_a_runtime_of_nothing_is_an_error(tmp_path: Path, source: str | list[str], code: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SpecError) as caught:
        Runtime(tmp_path / source if isinstance(source, str) else [])
    assert code in [item.code for item in caught.value.diagnostics]


def test_a_capability_that_exposes_nothing_is_an_error() -> None:
    text = quays().partition("  exposes:")[0]
    with pytest.raises(SpecError) as caught:
        Runtime(text, env=ENV)
    assert "NK7004" in [item.code for item in caught.value.diagnostics]


def test_of_two_capabilities_of_one_name_the_later_is_refused() -> None:
    runtime = Runtime([mock_route("one"), mock_route("one", "/other"), mock_tools("one", "ask")])
    (problem,) = runtime.diagnostics
    assert (problem.code, problem.message.count("`one` (rest")) == ("NK7007", 2)
    assert runtime.functions() == ["one.who", "one.ask"]


def test_a_file_that_is_named_twice_is_served_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(mock_route("one"))
    assert Runtime([tmp_path, tmp_path / "a.yaml"]).diagnostics == ()


def test_routes_that_clash_are_told() -> None:
    assert [item.code for item in Runtime([mock_route("east"), mock_route("west")]).diagnostics] == ["NK3008"]


def test_an_upstream_that_nothing_consumes_is_an_error() -> None:
    with pytest.raises(SpecError, match="names `quais`, which no file here has") as caught:
        Runtime(quays(), env=ENV, upstreams={"quais": "http://127.0.0.1:9"})
    assert "NK7005" in [item.code for item in caught.value.diagnostics]


def test_strict_refuses_what_the_official_schema_does() -> None:
    with pytest.raises(SpecError):
        Runtime(quays(), env=ENV, strict=True)


async def test_requests_are_told_to_the_logging_of_the_embedding_program(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "naftiko_runtime.requests")
    runtime = Runtime(DEMO)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(runtime.asgi()), base_url="http://here") as client:
        await client.get("/hello/Ada?secret=s")
        await client.get("/nowhere")
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition(" ms ")[2] for text in told] == ["harbour.say-hello", "NK8007"]
    assert told[0].startswith("rest GET /hello/{name} 200 ")
    assert "secret" not in "".join(told)


async def test_a_process_may_end_without_closing_a_runtime(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "quays.yaml").write_text(quays(), encoding="utf-8")
    script = f"""
import asyncio
from naftiko_runtime import Runtime
runtime = Runtime("quays.yaml", env={{"QUAY_KEY": "k"}}, upstreams={{"quays": {upstream.url!r}}})
print(asyncio.run(runtime.call("quays.list-quays")))
"""
    upstream.answer("GET", "/quays", Answer.json([1]))
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[1]\n", "")


async def test_no_secret_is_in_the_text_of_an_error(upstream: Upstream) -> None:
    upstream.answer("GET", "/quays", Answer(500, KEY.encode()))
    texts = []
    with refusing() as closed:
        for address in (upstream.url, closed, "http://nobody.invalid"):
            async with Runtime(quays(), env=ENV, upstreams={"quays": address}) as runtime:
                with pytest.raises(InvocationError) as caught:
                    await runtime.call("quays-rest.list")
                assert caught.value.__context__ is None
                texts += [str(caught.value), repr(caught.value), repr(runtime)]
    assert upstream.last.arguments == [("api_key", KEY)]
    assert not any(KEY in text for text in texts)
