"""Which adapter listens where, and which claims can't both be granted?"""

from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.layout import Layout, Overrides, lay_out, unknown_namespaces
from tests.host.harbours import load, mcp_adapter, rest_adapter


def places(layout: Layout) -> dict[str, list[str]]:
    return {
        str(listener.endpoint): [f"{item.kind} {item.face.namespace}" for item in listener.adapters]
        for listener in layout.listeners
    }


def codes(layout: Layout) -> list[str]:
    return [item.code for item in layout.diagnostics]


def test_adapters_listen_as_declared(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080), mcp_adapter("a-mcp", 9090))

    assert places(lay_out([one], Overrides())) == {"127.0.0.1:8080": ["rest a"], "127.0.0.1:9090": ["mcp a-mcp"]}


def test_adapters_of_several_files_and_kinds_share_a_port(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080), mcp_adapter("a-mcp", 8080))
    two = load(tmp_path, "b.yaml", rest_adapter("b", 8080, address="localhost"))
    layout = lay_out([one, two], Overrides())

    assert places(layout) == {"127.0.0.1:8080": ["rest a", "mcp a-mcp", "rest b"]}
    assert codes(layout) == []


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (Overrides(host="::1"), ["[::1]:8080", "[::1]:9090"]),
        (Overrides(port=7000), ["127.0.0.1:7000"]),
        (Overrides(port=0), ["127.0.0.1:0"]),
        (Overrides(host="127.0.0.2", port=7000), ["127.0.0.2:7000"]),
        (Overrides(listen={"a": Endpoint("127.0.0.3", 7001)}), ["127.0.0.3:7001", "127.0.0.1:9090"]),
        (Overrides(port=7000, listen={"a": Endpoint("127.0.0.3", 7001)}), ["127.0.0.3:7001", "127.0.0.1:7000"]),
        (Overrides(host="[::1]", listen={"a": Endpoint("localhost", 1)}), ["127.0.0.1:1", "[::1]:9090"]),
    ],
)
def test_whoever_runs_an_adapter_may_say_otherwise(tmp_path: Path, overrides: Overrides, expected: list[str]) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080), mcp_adapter("a-mcp", 9090))

    assert list(places(lay_out([one], overrides))) == expected


def test_each_listen_of_any_free_port_gets_its_own(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080), mcp_adapter("a-mcp", 9090))
    free = Endpoint("127.0.0.1", 0)
    layout = lay_out([one], Overrides(listen={"a": free, "a-mcp": free}))

    assert [[item.face.namespace for item in listener.adapters] for listener in layout.listeners] == [["a"], ["a-mcp"]]


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.2"])
def test_only_a_wildcard_takes_a_port_from_another_address(tmp_path: Path, address: str) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080))
    two = load(tmp_path, "b.yaml", rest_adapter("b", 8080, address=address))
    layout = lay_out([one, two], Overrides())
    errors = [item for item in layout.diagnostics if item.is_error]

    if address == "127.0.0.2":
        assert errors == []
        return
    [problem] = errors
    assert problem.code == "NK7003"
    assert "`a` (rest" in problem.message
    assert "`b` (rest" in problem.message
    assert [plan.file for plan in layout.plans] == [one.file]


def test_a_clash_points_at_the_port_of_the_later_file(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080))
    two = load(tmp_path, "b.yaml", rest_adapter("b", 8080, address="0.0.0.0"))
    [problem] = [item for item in lay_out([one, two], Overrides()).diagnostics if item.is_error]
    assert problem.span is not None
    line = Path(two.file).read_text().splitlines()[problem.span.line - 1]

    assert problem.file == two.file
    assert "port: 8080" in line
    assert line[problem.span.column - 1 :].startswith("port")
    assert problem.pointer == "/capability/exposes/0/port"


def test_one_name_on_one_address_refuses_the_later_file_whole(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080))
    two = load(tmp_path, "b.yaml", rest_adapter("a", 8080), mcp_adapter("b-mcp", 9090))
    layout = lay_out([one, two], Overrides())

    assert codes(layout) == ["NK7007"]
    assert one.file in layout.diagnostics[0].message
    assert places(layout) == {"127.0.0.1:8080": ["rest a"]}


def test_one_name_may_stand_for_both_kinds(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080), mcp_adapter("a", 8080))

    assert codes(lay_out([one], Overrides())) == []


def test_a_pipe_has_no_listener_and_one_owner(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", mcp_adapter("a", None))
    two = load(tmp_path, "b.yaml", mcp_adapter("b", None))
    layout = lay_out([one, two], Overrides(port=7000))

    assert layout.listeners == ()
    assert layout.stdio is not None
    assert layout.stdio.namespace == "a"
    assert codes(layout) == ["NK7003"]


def test_listening_beyond_this_machine_is_advised_against(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080, address="0.0.0.0"), mcp_adapter("a-mcp", 9090))
    [advice] = lay_out([one], Overrides()).diagnostics

    assert (advice.code, advice.severity.value) == ("NK9003", "warning")
    assert "0.0.0.0:8080" in advice.message
    assert "9090" not in advice.message


def test_who_asks_its_callers_beyond_this_machine_is_told_who_can_listen(tmp_path: Path) -> None:
    asked = "\n      authentication: {type: bearer, token: x}"
    guarded = rest_adapter("a", 8080, address="0.0.0.0") + asked
    one = load(tmp_path, "a.yaml", guarded, rest_adapter("b", 8080, address="0.0.0.0"))
    unguarded, overheard = lay_out([one], Overrides()).diagnostics

    assert (unguarded.code, overheard.code) == ("NK9003", "NK9006")
    assert "`a`" not in unguarded.message
    assert "`b`" not in overheard.message


@pytest.mark.parametrize(
    ("host", "is_loopback"), [("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("desk", False)]
)
def test_only_loopback_numbers_are_loopback(host: str, is_loopback: bool) -> None:
    assert Endpoint(host, 80).is_loopback is is_loopback


def test_an_unknown_namespace_is_told_with_the_near_one() -> None:
    [problem] = unknown_namespaces(["harbor"], [["harbour"], ["desk"]], "--listen")

    assert problem.code == "NK7005"
    assert "did you mean `harbour`?" in problem.help
    assert "desk, harbour" in problem.help
