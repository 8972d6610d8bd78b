"""What is to be served after files changed, and what is told of it?"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from naftiko_runtime.diagnostics import Diagnostic
from naftiko_runtime.host.files.capability import Settings
from naftiko_runtime.host.following.keeper import Keeper
from naftiko_runtime.host.places.layout import Overrides
from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.runner import free_ports, listens


class Harbour:
    """A folder with a keeper of it, and what the keeper told."""

    def __init__(self, folder: Path, overrides: Overrides) -> None:
        self.folder = folder
        self.keeper = Keeper([folder], Settings(), overrides)
        self.told: list[Diagnostic] = []

    def write(self, name: str, *adapters: str) -> None:
        (self.folder / name).write_text(capability(*adapters))

    def tell(self, diagnostics: object, _sources: dict[str, str]) -> None:
        assert isinstance(diagnostics, list | tuple)
        self.told += diagnostics

    def start(self) -> list[str]:
        self.keeper.load(self.tell)
        self.keeper.settle(self.tell)
        return self.serving

    def update(self) -> list[str]:
        self.told.clear()
        self.keeper.update(self.tell)
        return self.serving

    @property
    def serving(self) -> list[str]:
        faces = [adapter for listener in self.keeper.layout.listeners for adapter in listener.adapters]
        return [f"{adapter.face.namespace} of {Path(adapter.plan.file).name}" for adapter in faces]

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.told]


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Harbour]:
    harbour = Harbour(tmp_path, Overrides(port=0))
    yield harbour
    harbour.keeper.release()


def test_nothing_is_loaded_again_that_did_not_change(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("a", 8080))
    harbour.write("b.yaml", rest_adapter("b", 8080, path="/b"))
    harbour.start()
    before = harbour.keeper.collection.served
    harbour.write("b.yaml", rest_adapter("b", 8080, path="/other"))
    harbour.update()
    after = harbour.keeper.collection.served
    one, two = before

    assert after[one] is before[one]
    assert after[two] is not before[two]
    assert harbour.keeper.update(harbour.tell) is None


def test_files_that_come_go_behind_those_that_were_there(harbour: Harbour) -> None:
    harbour.write("b.yaml", rest_adapter("b", 8080))
    assert harbour.start() == ["b of b.yaml"]
    harbour.write("a.yaml", rest_adapter("a", 8080))

    assert harbour.update() == ["b of b.yaml", "a of a.yaml"]


def test_a_changed_file_that_claims_what_another_has_keeps_its_last_version(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("a", 8080))
    harbour.write("b.yaml", rest_adapter("b", 8080, path="/b"))
    harbour.start()
    harbour.write("a.yaml", rest_adapter("b", 8080))

    assert harbour.update() == ["a of a.yaml", "b of b.yaml"]
    assert harbour.codes == ["NK7007"]
    assert harbour.keeper.collection.refused == 1


def test_two_files_may_swap_what_they_claim(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("one", 8080))
    harbour.write("b.yaml", rest_adapter("two", 8080, path="/b"))
    harbour.start()
    harbour.write("a.yaml", rest_adapter("two", 8080))
    harbour.write("b.yaml", rest_adapter("one", 8080, path="/b"))

    assert harbour.update() == ["two of a.yaml", "one of b.yaml"]
    assert harbour.codes == []


def test_what_was_refused_serves_when_the_place_is_free(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("a", 8080))
    harbour.start()
    harbour.write("b.yaml", rest_adapter("a", 8080))
    assert harbour.update() == ["a of a.yaml"]
    (harbour.folder / "a.yaml").unlink()

    assert harbour.update() == ["a of b.yaml"]


def test_a_good_file_keeps_no_text(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("a", 8080), mcp_adapter("m", 8080))
    harbour.start()

    assert [item.text for item in harbour.keeper.collection.served.values()] == [""]


def test_a_port_that_can_not_be_had_refuses_the_file_and_not_the_others(tmp_path: Path) -> None:
    harbour = Harbour(tmp_path, Overrides())
    free, other = free_ports(2)
    try:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            harbour.write("a.yaml", rest_adapter("a", free))
            harbour.write("b.yaml", rest_adapter("b", other), mcp_adapter("m", port))
            assert harbour.start() == ["a of a.yaml"]
        assert harbour.codes == ["NK7001"]
        assert (listens(free), listens(other)) == (True, False)
        harbour.write("b.yaml", rest_adapter("b", other), mcp_adapter("mended", port))

        assert harbour.update() == ["a of a.yaml", "b of b.yaml", "mended of b.yaml"]
    finally:
        harbour.keeper.release()


def test_an_address_is_told_of_when_nobody_claims_it_any_more(tmp_path: Path) -> None:
    harbour = Harbour(tmp_path, Overrides())
    one, two = free_ports(2)
    harbour.write("a.yaml", rest_adapter("a", one))
    harbour.start()
    harbour.write("a.yaml", rest_adapter("a", two))
    update = harbour.keeper.update(harbour.tell)
    assert update is not None
    try:
        assert [item.endpoint.port for item in update.bound] == [two]
        assert [item.endpoint.port for item in update.released] == [one]
    finally:
        for item in update.released:
            item.socket.close()
        harbour.keeper.release()


def test_a_worker_serves_the_versions_its_parent_saw(harbour: Harbour) -> None:
    harbour.write("a.yaml", rest_adapter("a", 8080))
    harbour.start()
    worker = Keeper([harbour.folder], Settings(), Overrides(port=0))
    update = worker.adopt(harbour.keeper.versions, {item.listener.key: item for item in harbour.keeper.bound})
    seen = harbour.keeper.versions
    harbour.write("a.yaml", rest_adapter("newer", 8080))
    later = worker.adopt(seen, {})

    assert [plan.rest[0].namespace for plan in update.layout.plans] == ["a"]
    assert later.layout.plans[0] is update.layout.plans[0]
