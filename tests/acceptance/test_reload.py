"""Does a running server follow its files, without anybody noticing but by what is served?"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.load import go_on, requesting
from tests.host.harbours import capability, mcp_adapter, rest_adapter
from tests.runner import Event, Running, request, running, wait_until
from tests.upstream import Upstream

PATIENCE = 10.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    return folder


@pytest.fixture
def base(folder: Path) -> Path:
    path = folder / "base.yaml"
    path.write_text(capability(rest_adapter("base", 8080, path="/base"), mcp_adapter("tools", 8080)))
    return path


@pytest.fixture
def server(folder: Path, base: Path) -> Iterator[Running]:
    with running("run", str(folder), "--port", "0") as server:
        yield server


def url_of(server: Running) -> str:
    return server.url("rest", "base").removesuffix("/base")


def status_of(server: Running, path: str) -> int:
    return request("GET", url_of(server) + path).status


def answers(server: Running, path: str, by: str) -> Callable[[], bool]:
    def is_so() -> bool:
        reply = request("GET", url_of(server) + path)
        return reply.status == 200 and reply.json == {"by": by}

    return is_so


def reloads(server: Running) -> list[Event]:
    return [event for event in server.events if event["event"] == "reloaded"]


def ships(by: str, path: str = "/ships") -> str:
    return capability(rest_adapter("ships", 8080, path=path, answer=by))


def write_by_rename(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.swp")
    aside.write_text(text)
    aside.replace(path)


def test_nothing_fails_while_files_come_change_break_and_go(server: Running, folder: Path) -> None:
    first, other = folder / "ships.yaml", folder / "vessels.yaml"
    first.write_text(ships("one"))
    wait_until(answers(server, "/ships", "one"), PATIENCE)
    with requesting(url_of(server), "/base", "/ships") as load:
        first.write_text(ships("two"))
        wait_until(lambda: load.seen(b"two"), PATIENCE)
        write_by_rename(first, ships("three"))
        wait_until(lambda: load.seen(b"three"), PATIENCE)
        (folder / "boats.yaml").write_text(capability(rest_adapter("boats", 8080, path="/boats")))
        wait_until(answers(server, "/boats", "boats"), PATIENCE)
        first.write_text("naftiko: [broken")
        server.wait_for(lambda event: event.get("code") == "NK1004", PATIENCE)
        go_on(load)
        first.write_text(ships("four"))
        wait_until(lambda: load.seen(b"four"), PATIENCE)
        first.rename(other)
        server.wait_for(lambda event: is_gone(event, first), PATIENCE)
        go_on(load)
        other.write_text(ships("five"))
        wait_until(lambda: load.seen(b"five"), PATIENCE)
        (folder / "boats.yaml").unlink()
        wait_until(lambda: status_of(server, "/boats") == 404, PATIENCE)
        go_on(load)

    assert load.failures == []
    assert load.total > 1000
    other.unlink()
    wait_until(lambda: status_of(server, "/ships") == 404, PATIENCE)
    assert server.stop() == 0


def is_gone(event: Event, path: Path) -> bool:
    return event["event"] == "reloaded" and str(path) in event["files"]["removed"]


def test_a_bad_file_keeps_its_last_good_version_and_is_told_once(server: Running, folder: Path) -> None:
    path = folder / "ships.yaml"
    path.write_text(ships("good"))
    wait_until(answers(server, "/ships", "good"), PATIENCE)
    path.write_text(ships("bad").replace("method: GET", "methd: GET"))
    server.wait_for(lambda event: event["event"] == "reloaded" and event["refused"] == 1, PATIENCE)
    os.utime(path)
    (folder / "boats.yaml").write_text(capability(rest_adapter("boats", 8080, path="/boats")))
    wait_until(answers(server, "/boats", "boats"), PATIENCE)

    assert answers(server, "/ships", "good")()
    errors = [event for event in server.events if event.get("level") == "error"]
    assert [event["file"] for event in errors] == [str(path)]


def test_a_file_that_is_empty_for_a_moment_is_not_taken_out(server: Running, folder: Path) -> None:
    path = folder / "ships.yaml"
    path.write_text(ships("whole"))
    wait_until(answers(server, "/ships", "whole"), PATIENCE)
    path.write_text("")
    server.wait_for(lambda event: event.get("level") == "error", PATIENCE)

    assert answers(server, "/ships", "whole")()


def test_the_log_says_what_changed_for_callers(server: Running, folder: Path) -> None:
    path = folder / "ships.yaml"
    path.write_text(capability(rest_adapter("ships", 8080), mcp_adapter("ship-tools", 8080)))
    added = server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
    path.write_text(capability(rest_adapter("ships", 8080, answer="other"), rest_adapter("more", 8080, path="/more")))
    changed = server.wait_for(lambda event: event["event"] == "reloaded" and event["files"]["changed"], PATIENCE)

    nothing: dict[str, list[object]] = {"added": [], "removed": [], "altered": []}
    route, tool = {"namespace": "ships", "name": "GET /ships"}, {"namespace": "ship-tools", "name": "ships"}
    assert added["files"] == {"added": [str(path)], "changed": [], "removed": []}
    assert (added["routes"], added["tools"]) == (nothing | {"added": [route]}, nothing | {"added": [tool]})
    more = {"namespace": "more", "name": "GET /more"}
    assert changed["routes"] == {"added": [more], "removed": [], "altered": [route]}
    assert changed["tools"] == nothing | {"removed": [tool]}


def test_a_hangup_at_the_first_moment_does_not_end_the_server(server: Running) -> None:
    server.signal(signal.SIGHUP)
    wait_until(answers(server, "/base", "base"), PATIENCE)
    assert server.process.poll() is None


def test_touching_a_file_changes_nothing(server: Running, folder: Path, base: Path) -> None:
    base.write_text(base.read_text())
    os.utime(base)
    (folder / "ships.yaml").write_text(ships("later"))
    server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)

    assert answers(server, "/ships", "later")()
    assert [event["files"]["changed"] for event in reloads(server)] == [[]]


def test_a_link_that_is_swapped_is_followed_as_config_maps_do(folder: Path) -> None:
    for version in ("one", "two"):
        (folder / f"..{version}").mkdir()
        (folder / f"..{version}" / "base.yaml").write_text(
            capability(rest_adapter("base", 8080, path="/base", answer=version))
        )
    (folder / "..data").symlink_to("..one")
    (folder / "base.yaml").symlink_to("..data/base.yaml")
    with running("run", str(folder), "--port", "0") as server:
        assert answers(server, "/base", "one")()
        (folder / "..data_tmp").symlink_to("..two")
        (folder / "..data_tmp").replace(folder / "..data")

        wait_until(answers(server, "/base", "two"), PATIENCE)


def test_a_named_file_is_followed_through_an_editor_that_renames(folder: Path, base: Path) -> None:
    with running("run", str(base), "--port", "0") as server:
        write_by_rename(base, capability(rest_adapter("base", 8080, path="/base", answer="edited")))

        wait_until(answers(server, "/base", "edited"), PATIENCE)


def test_the_second_of_two_files_with_one_namespace_is_refused_and_both_are_named(
    server: Running, folder: Path, base: Path
) -> None:
    copy = folder / "a-copy.yaml"
    copy.write_text(base.read_text())
    problem = server.wait_for(lambda event: event.get("code") == "NK7007", PATIENCE)

    assert problem["file"] == str(copy)
    assert str(base) in problem["message"]
    assert answers(server, "/base", "base")()
    base.unlink()
    server.wait_for(lambda event: is_gone(event, base), PATIENCE)
    assert answers(server, "/base", "base")()


def test_a_vanished_folder_is_told_and_what_it_held_goes_on(server: Running, folder: Path) -> None:
    aside = folder.with_name("aside")
    folder.rename(aside)
    problem = server.wait_for(lambda event: event.get("code") == "NK7009", PATIENCE)
    assert problem["file"] == str(folder)
    assert answers(server, "/base", "base")()

    shutil.copytree(aside, folder)
    (folder / "ships.yaml").write_text(ships("back"))
    wait_until(answers(server, "/ships", "back"), PATIENCE)


def test_a_listener_comes_and_goes_with_its_file(folder: Path, base: Path, free_port: int) -> None:
    with running("run", str(folder), "--listen", "base=127.0.0.1:0", "--listen", "tools=127.0.0.1:0") as server:
        path = folder / "ships.yaml"
        path.write_text(capability(rest_adapter("ships", free_port)))
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        assert request("GET", f"http://127.0.0.1:{free_port}/ships").json == {"by": "ships"}
        path.unlink()

        wait_until(lambda: is_refused(free_port), PATIENCE)
        assert answers(server, "/base", "base")()


def is_refused(port: int) -> bool:
    try:
        request("GET", f"http://127.0.0.1:{port}/ships")
    except OSError:
        return True
    return False


GUARDED = """
naftiko: 1.0.0-alpha2
binds:
  - namespace: env
    keys: {TOKEN: TOKEN}
capability:
  consumes:
    - namespace: up
      type: http
      baseUri: https://up.example
      authentication: {type: bearer, token: "{{TOKEN}}"}
      resources:
        - name: things
          path: /things
          operations: [{name: get, method: GET}]
  exposes:
    - type: rest
      namespace: guarded
      port: 8080
      resources:
        - path: /things
          operations: [{method: GET, name: things, call: up.get}]
"""


def test_a_variable_is_read_again_when_its_file_changes(folder: Path, upstream: Upstream) -> None:
    (folder / ".env").write_text("TOKEN=old\n")
    (folder / "guarded.yaml").write_text(GUARDED)
    with running("run", str(folder), "--port", "0", "--upstream", f"up={upstream.url}") as server:
        url = server.url("rest") + "/things"
        request("GET", url)
        assert upstream.last.header("authorization") == "Bearer old"
        (folder / ".env").write_text("TOKEN=new\n")
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        request("GET", url)

    assert upstream.last.header("authorization") == "Bearer new"


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no SIGHUP")
def test_without_watching_a_hangup_has_files_looked_at(folder: Path, base: Path) -> None:
    with running("run", str(folder), "--port", "0", env={"NAFTIKO_NO_WATCH": "true"}) as server:
        base.write_text(capability(rest_adapter("base", 8080, path="/base", answer="later")))
        (folder / "ships.yaml").write_text(ships("new"))
        assert answers(server, "/base", "base")()
        server.signal(signal.SIGHUP)

        wait_until(answers(server, "/base", "later"), PATIENCE)
        assert answers(server, "/ships", "new")()
