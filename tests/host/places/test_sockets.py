"""Are addresses bound, all of them or none?"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from naftiko_runtime.errors import HostingError
from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.places.layout import Listener, Overrides, lay_out
from naftiko_runtime.host.places.sockets import Bound, bind, release
from tests.host.harbours import load, mcp_adapter, rest_adapter
from tests.runner import free_ports, listens


def listeners_on(folder: Path, rest: int, mcp: int, host: str = "127.0.0.1") -> tuple[Listener, ...]:
    one = load(folder, "a.yaml", rest_adapter("a", rest), mcp_adapter("a-mcp", mcp))
    return lay_out([one], Overrides(host=host)).listeners


def test_every_listener_accepts_once_bound(tmp_path: Path) -> None:
    rest, mcp = free_ports(2)
    bound = bind(listeners_on(tmp_path, rest, mcp))
    try:
        assert listens(rest)
        assert listens(mcp)
    finally:
        release(bound)


def test_a_free_port_is_told(tmp_path: Path) -> None:
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080))
    [bound] = bind(lay_out([one], Overrides(port=0)).listeners)
    try:
        assert bound.endpoint.port != 0
        assert bound.url == f"http://127.0.0.1:{bound.endpoint.port}"
        assert listens(bound.endpoint.port)
    finally:
        release([bound])


def test_a_port_in_use_names_its_owners_and_holds_nothing(tmp_path: Path) -> None:
    [free] = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HostingError) as caught:
            bind(listeners_on(tmp_path, free, port))

    [problem] = caught.value.diagnostics
    assert problem.code == "NK7001"
    assert str(port) in problem.message
    assert "`a-mcp` (mcp, " in problem.message
    assert not listens(free)


def test_every_port_in_use_is_told_at_once(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
        pytest.raises(HostingError) as caught,
    ):
        bind(listeners_on(tmp_path, one.getsockname()[1], two.getsockname()[1]))

    assert [item.code for item in caught.value.diagnostics] == ["NK7001", "NK7001"]


def test_two_of_ours_bound_but_not_listening_are_still_told(tmp_path: Path) -> None:
    [port, other] = free_ports(2)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        bound = bind(listeners_on(tmp_path, port, other))
        try:
            with pytest.raises(OSError, match="in use"):
                taken.listen()
        finally:
            release(bound)


@pytest.mark.parametrize("host", ["192.0.2.1", "a name with spaces"])
def test_an_address_this_machine_does_not_have_is_told(tmp_path: Path, host: str) -> None:
    with pytest.raises(HostingError) as caught:
        bind(listeners_on(tmp_path, *free_ports(2), host=host))

    assert {item.code for item in caught.value.diagnostics} == {"NK7002"}
    assert host in caught.value.diagnostics[0].message


def test_ipv6_is_bound_and_written_in_brackets(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    one = load(tmp_path, "a.yaml", rest_adapter("a", 8080))
    [bound] = bind(lay_out([one], Overrides(host="::1", port=0)).listeners)
    try:
        assert bound.url == f"http://[::1]:{bound.endpoint.port}"
    finally:
        release([bound])


def test_every_interface_is_opened_by_a_loopback_url() -> None:
    with socket.socket() as unbound:
        wide = Bound(Listener(Endpoint("0.0.0.0", 0), ()), unbound, Endpoint("0.0.0.0", 8080))

    assert wide.url == "http://127.0.0.1:8080"
