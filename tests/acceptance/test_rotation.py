"""Does a running server follow secrets that change, and does it keep what it was given while they don't?"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.authorization_server import SECRET, AuthorizationServer, authorizing
from tests.engine.authentication.capabilities import quays
from tests.host.files.providers.bound import bound
from tests.runner import Running, request, running, wait_until
from tests.upstream import Answer, Upstream
from tests.vault_server import ROOT, Vault, keeping

PATIENCE = 10.0


@pytest.fixture
def vault() -> Iterator[Vault]:
    with keeping() as server:
        server.write("secret", "app", {"token": "first"})
        yield server


def sends(server: Running, upstream: Upstream, token: str) -> Callable[[], bool]:
    url = server.url("rest", "pilots-rest").removesuffix("/pilots-rest")

    def is_so() -> bool:
        request("GET", f"{url}/pilots")
        return upstream.last.header("authorization") == f"Bearer {token}"

    return is_so


def test_a_mounted_secret_that_is_rotated_is_followed(upstream: Upstream, tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "pilots"
    for version in ("first", "second"):
        (folder / f"..{version}").mkdir(parents=True)
        (folder / f"..{version}" / "token").write_text(f"{version}\n")
    (folder / "..data").symlink_to("..first")
    (folder / "token").symlink_to("..data/token")
    path = tmp_path / "pilots.yaml"
    path.write_text(bound("k8s-secret://pilots", "token", upstream.url))
    with running("run", str(path), "--port", "0", env={"NAFTIKO_SECRETS": str(folder.parent)}) as server:
        assert sends(server, upstream, "first")()
        (folder / "..data_tmp").symlink_to("..second")
        (folder / "..data_tmp").replace(folder / "..data")
        wait_until(sends(server, upstream, "second"), PATIENCE)
        (folder / "..data").unlink()
        server.wait_for(lambda event: event.get("code") == "NK6004", PATIENCE)
        assert sends(server, upstream, "second")()
        assert "first" not in server.err


def test_workers_serve_what_their_parent_was_given_even_where_they_are_refused_it(
    upstream: Upstream, vault: Vault, tmp_path: Path
) -> None:
    path = tmp_path / "pilots.yaml"
    path.write_text(bound("vault://secret/app", "token", upstream.url))
    env = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": ROOT}
    with running("run", str(path), "--port", "0", "--workers", "2", env=env) as server:
        vault.write("secret", "app", {"token": "canary-two"})
        vault.seals_after = 1
        server.signal(signal.SIGHUP)
        server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)

        assert [sends(server, upstream, "canary-two")() for _ in range(20)] == [True] * 20


@pytest.mark.parametrize("more", [(), ("--workers", "2")])
def test_vault_is_asked_again_at_a_hangup(
    upstream: Upstream, vault: Vault, tmp_path: Path, more: tuple[str, ...]
) -> None:
    path = tmp_path / "pilots.yaml"
    path.write_text(bound("vault://secret/app", "token", upstream.url))
    env = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": ROOT}
    with running("run", str(path), "--port", "0", *more, env=env) as server:
        assert sends(server, upstream, "first")()
        vault.write("secret", "app", {"token": "canary-two"})
        assert sends(server, upstream, "first")()
        server.signal(signal.SIGHUP)
        wait_until(sends(server, upstream, "canary-two"), PATIENCE)
        vault.sealed = True
        server.signal(signal.SIGHUP)
        problem = server.wait_for(lambda event: event.get("code") == "NK6003", PATIENCE)
        assert "sealed" in problem["message"]
        assert sends(server, upstream, "canary-two")()
        vault.sealed = False
        server.signal(signal.SIGHUP)
        server.wait_for(lambda event: event["event"] == "reloaded" and event["refused"] == 0, PATIENCE)
        assert "canary" not in server.err + server.out
        assert ROOT not in server.err + server.out


def test_a_hangup_that_finds_vault_as_it_was_changes_nothing(upstream: Upstream, vault: Vault, tmp_path: Path) -> None:
    path, other = tmp_path / "pilots.yaml", tmp_path / "other.yaml"
    path.write_text(bound("vault://secret/app", "token", upstream.url))
    with running("run", str(tmp_path), "--port", "0", env={"VAULT_ADDR": vault.url, "VAULT_TOKEN": ROOT}) as server:
        assert sends(server, upstream, "first")()
        server.signal(signal.SIGHUP)
        wait_until(lambda: len(vault.requests) == 2, PATIENCE)
        other.write_text(quays(upstream.url, {"type": "bearer", "token": "x"}))
        event = server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
        assert event["files"]["changed"] == []


def test_a_token_outlives_a_reload_that_leaves_its_credential(upstream: Upstream, tmp_path: Path) -> None:
    with authorizing() as authority:
        upstream.answer("*", "*", Answer.json({}))
        path = tmp_path / "quays.yaml"
        path.write_text(_client(upstream, authority, "Quays"))
        env = {"CLIENT_SECRET": SECRET, "PASSWORD": "x", "USER_NAME": "x", "REFRESH_TOKEN": "x"}
        with running("run", str(path), "--port", "0", env=env) as server:
            url = server.url("rest", "quays-rest").removesuffix("/quays-rest")
            assert request("GET", f"{url}/ships").status == 200
            path.write_text(_client(upstream, authority, "Other"))
            server.wait_for(lambda event: event["event"] == "reloaded", PATIENCE)
            assert request("GET", f"{url}/ships").status == 200
        assert authority.count("/token") == 1
        assert len({item.header("authorization") for item in upstream.requests}) == 1
        token = (upstream.last.header("authorization") or "").removeprefix("Bearer ")
        assert token not in server.err
        assert SECRET not in server.err


def test_a_credential_that_can_not_be_had_is_told_without_its_secrets(upstream: Upstream, tmp_path: Path) -> None:
    secrets = {name: f"canary-{name.lower()}" for name in ("CLIENT_SECRET", "PASSWORD", "REFRESH_TOKEN", "USER_NAME")}
    with authorizing() as authority:
        path = tmp_path / "quays.yaml"
        path.write_text(
            _client(upstream, authority, "Quays").replace(
                '"clientId"', '"refreshToken": "{{REFRESH_TOKEN}}", "clientId"'
            )
        )
        with running("run", str(path), "--port", "0", "--log-level", "debug", env=secrets) as server:
            url = server.url("rest", "quays-rest").removesuffix("/quays-rest")
            reply = request("GET", f"{url}/ships?name=canary-query")
            line = server.wait_for(lambda event: event.get("code") == "NK8021", PATIENCE)
    assert (reply.status, reply.json["code"]) == (502, "NK8021")
    assert "invalid_client" in reply.json["detail"]
    assert line["status"] == 502
    assert "canary" not in reply.body.decode() + server.err
    assert upstream.requests == []


def _client(upstream: Upstream, authority: AuthorizationServer, label: str) -> str:
    client = {"clientId": "warehouse", "clientSecret": "{{CLIENT_SECRET}}", "tokenEndpoint": authority.token_endpoint}
    return quays(upstream.url, {"type": "oauth2", **client}).replace('"label": "Quays"', f'"label": "{label}"')
