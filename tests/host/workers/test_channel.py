"""Do orders arrive as they were sent, however many sockets travel along?"""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from naftiko_runtime.host.places.address import Endpoint
from naftiko_runtime.host.workers.channel import (
    Announcement,
    Opened,
    Orders,
    receive_orders,
    send_announcement,
    send_orders,
)


@pytest.mark.parametrize("count", [0, 1, 450])
def test_versions_and_sockets_arrive(count: int) -> None:
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(item) for item in socket.socketpair())
        opened = [
            Opened(
                (Endpoint("127.0.0.1", 0), f"n{number}"), Endpoint("127.0.0.1", number), stack.enter_context(bound())
            )
            for number in range(count)
        ]
        versions = {Path("a.yaml"): b"\x00\xff", Path("b\udcff.yaml"): b"1"}
        sending = threading.Thread(target=send_orders, args=(ours, Orders(versions, opened)))
        sending.start()
        orders = receive_orders(theirs)
        sending.join()
        assert isinstance(orders, Orders)
        for item in orders.opened:
            stack.enter_context(item.socket)

        assert orders.versions == versions
        assert [(item.key, item.endpoint) for item in orders.opened] == [(item.key, item.endpoint) for item in opened]
        names = [item.socket.getsockname() for item in orders.opened]
        assert names == [item.socket.getsockname() for item in opened]


def test_an_announcement_arrives_between_orders() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_orders(ours, Orders({}, ()))
        send_announcement(ours)
        send_orders(ours, Orders({}, ()))
        received = [receive_orders(theirs) for _ in range(3)]

    assert [type(item) for item in received] == [Orders, Announcement, Orders]


def test_without_a_parent_there_are_no_orders() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs:
        assert receive_orders(theirs) is None


def bound() -> socket.socket:
    item = socket.socket()
    item.bind(("127.0.0.1", 0))
    return item
