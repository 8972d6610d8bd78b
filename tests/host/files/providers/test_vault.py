from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from naftiko_runtime import Runtime
from naftiko_runtime.errors import SpecError
from tests.host.files.providers.bound import bound
from tests.upstream import Upstream, refusing
from tests.vault_server import ROOT, Vault, keeping

CANARY = "s3cret-canary"


@pytest.fixture
def vault() -> Iterator[Vault]:
    with keeping() as server:
        server.write("secret", "app", {"api-key": "old"})
        server.write("secret", "app", {"api-key": CANARY, "retries": 3, "db": {"password": "nested"}, "a.b": "dotted"})
        server.write("secret", "team/a b/data/app", {"api-key": "deep"})
        server.write("kv/team", "app", {"api-key": "team"})
        yield server


def settings(vault: Vault, **more: str) -> dict[str, str]:
    """The variables of Vault's own clients."""
    return {"VAULT_ADDR": vault.url, "VAULT_TOKEN": ROOT, **more}


async def sent(upstream: Upstream, location: str, env: dict[str, str], key: str = "api-key") -> str:
    """What a capability that binds a key of this location sends."""
    async with Runtime(bound(location, key, upstream.url), env=env) as runtime:
        await runtime.call("GET /pilots")
    return (upstream.only.header("authorization") or "").removeprefix("Bearer ")


def refused(location: str, env: dict[str, str], key: str = "api-key") -> str:
    """Why a capability that binds a key of this location is refused: the code and the message of its one error."""
    with pytest.raises(SpecError) as caught:
        Runtime(bound(location, key, "http://127.0.0.1:9"), env=env)
    assert CANARY not in str(caught.value)
    assert ROOT not in str(caught.value)
    [error] = [item for item in caught.value.diagnostics if item.is_error]
    assert error.span is not None
    return f"{error.code} {error.message}"


@pytest.mark.parametrize(
    ("location", "target", "value"),
    [
        ("vault://secret/app", "/v1/secret/data/app", CANARY),
        ("vault://my-vault/secret/data/app", "/v1/secret/data/app", CANARY),
        ("vault://secret/app?version=1", "/v1/secret/data/app?version=1", "old"),
        ("vault://my-vault/kv/team/data/app", "/v1/kv/team/data/app", "team"),
        ("vault://v/secret/data/team/a%20b/data/app", "/v1/secret/data/team/a%20b/data/app", "deep"),
    ],
)
async def test_a_secret_has_two_spellings(
    upstream: Upstream, vault: Vault, location: str, target: str, value: str
) -> None:
    assert await sent(upstream, location, settings(vault)) == value
    [asked] = vault.requests
    assert asked.target == target
    assert asked.headers["x-vault-request"] == "true"


@pytest.mark.parametrize(("key", "value"), [("retries", "3"), ("db.password", "nested"), ("a.b", "dotted")])
async def test_a_key_is_a_name_or_else_a_path(upstream: Upstream, vault: Vault, key: str, value: str) -> None:
    assert await sent(upstream, "vault://secret/app", settings(vault), key) == value


async def test_vault_may_be_below_a_path(upstream: Upstream, vault: Vault) -> None:
    vault.mounts = ("below/v1/secret",)
    vault.write("below/v1/secret", "app", {"api-key": "below"})
    env = settings(vault, VAULT_ADDR=f"{vault.url}/v1/below/")
    assert await sent(upstream, "vault://secret/app", env) == "below"


async def test_the_token_may_be_in_a_file(upstream: Upstream, vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{ROOT}\n")
    env = {"VAULT_ADDR": vault.url, "VAULT_TOKEN_FILE": str(tmp_path / "token")}
    assert await sent(upstream, "vault://secret/app", env) == CANARY


async def test_a_namespace_is_told(upstream: Upstream, vault: Vault) -> None:
    vault.namespace = "harbour/north"
    assert "NK6003" in refused("vault://secret/app", settings(vault))
    assert await sent(upstream, "vault://secret/app", settings(vault, VAULT_NAMESPACE="harbour/north/")) == CANARY


async def test_a_location_is_asked_once(upstream: Upstream, vault: Vault) -> None:
    text = bound("vault://secret/app", "api-key", upstream.url, more=("retries", "absent"))
    async with Runtime(text, env=settings(vault)) as runtime:
        for _ in range(2):
            await runtime.call("GET /pilots")
    assert len(vault.requests) == 1


async def test_the_address_may_come_from_the_env_file(upstream: Upstream, vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault.env").write_text(f"VAULT_ADDR={vault.url}\nVAULT_TOKEN={ROOT}\n")
    text = bound("vault://secret/app", "api-key", upstream.url)
    async with Runtime(text, env={}, env_file=tmp_path / "vault.env") as runtime:
        await runtime.call("GET /pilots")
    assert upstream.only.header("authorization") == f"Bearer {CANARY}"


@pytest.mark.parametrize(
    "location",
    [
        "vault://secret",
        "vault://secret/",
        "vault:///secret",
        "vault://my-vault/secret/data",
        "vault://secret/../sys/seal",
        "vault://secret/%2e%2e/sys",
        "vault://secret/a%00b",
        "vault://[secret/app",
    ],
)
def test_a_location_that_names_no_secret_says_how_to_write_one(vault: Vault, location: str) -> None:
    assert "write `vault://MOUNT/PATH`" in refused(location, settings(vault))
    assert vault.requests == []


@pytest.mark.parametrize("end", ["#key", "?version=new", "?list=true", "?version=1&x=2", "?version=\u0663"])
def test_nothing_but_a_version_may_follow(vault: Vault, end: str) -> None:
    assert "?version=NUMBER" in refused(f"vault://secret/app{end}", settings(vault))


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"VAULT_ADDR": ""}, "VAULT_ADDR is not set"),
        ({"VAULT_ADDR": "vault.example:8200"}, "VAULT_ADDR can't be used: its scheme"),
        ({"VAULT_ADDR": f"https://u:{CANARY}@vault.example"}, "user or password"),
        ({"VAULT_TOKEN": ""}, "neither VAULT_TOKEN nor VAULT_TOKEN_FILE"),
        ({"VAULT_TOKEN": f"{CANARY}\r\nX: y"}, "VAULT_TOKEN holds characters"),
        ({"VAULT_TOKEN": f"{CANARY}\u00e9"}, "VAULT_TOKEN holds characters"),
        ({"VAULT_TOKEN": "", "VAULT_TOKEN_FILE": "/nowhere/token"}, "VAULT_TOKEN_FILE: can't read"),
        ({"VAULT_NAMESPACE": "a b"}, "VAULT_NAMESPACE holds characters"),
    ],
)
def test_what_vault_needs_is_told(vault: Vault, env: dict[str, str], words: str) -> None:
    message = refused("vault://secret/app", settings(vault, **env))
    assert message.startswith("NK6003 can't read vault://secret/app, which binds `TOKEN`")
    assert words in message
    assert vault.requests == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"sealed": True}, "sealed"),
        ({"tokens": {ROOT: ("secret/data/other",)}}, "its policy does not allow"),
        ({"tokens": {}}, "denies it (403)"),
        ({"mounts": ()}, "no such secret (404)"),
        ({"status": 472}, "disaster recovery"),
        ({"status": 418}, "Vault answers 418"),
        ({"body": b"<html>"}, "holds no secret"),
        ({"body": b'{"data": {"api-key": "s3cret-canary"}}'}, "version 1"),
        ({"body": b"[]"}, "holds no secret"),
        ({"body": b" " * (1024 * 1024 + 1)}, "larger than"),
    ],
)
def test_what_vault_answers_is_told(vault: Vault, state: dict[str, Any], words: str) -> None:
    for name, value in state.items():
        setattr(vault, name, value)
    assert words in refused("vault://secret/app", settings(vault))


def test_a_version_that_was_deleted_is_told(vault: Vault) -> None:
    vault.delete("secret", "app")
    assert "was deleted" in refused("vault://secret/app", settings(vault))


def test_a_version_that_never_was_is_told(vault: Vault) -> None:
    assert "no such secret" in refused("vault://secret/app?version=9", settings(vault))


def test_a_key_that_is_not_there_is_told_with_its_bind(vault: Vault) -> None:
    assert refused("vault://secret/app", settings(vault), "absent").startswith("NK6004 vault://secret/app has no key")


def test_a_redirect_is_not_followed(vault: Vault) -> None:
    with keeping() as active:
        active.write("secret", "app", {"api-key": CANARY})
        vault.standby = active.url
        assert "sends elsewhere (307)" in refused("vault://secret/app", settings(vault))
        assert active.requests == []


def test_a_vault_that_can_not_be_reached_is_told() -> None:
    with refusing() as url:
        env = {"VAULT_ADDR": url, "VAULT_TOKEN": ROOT}
        assert "can't be reached: Connection refused" in refused("vault://secret/app", env)


def test_a_vault_that_does_not_answer_is_not_waited_for(vault: Vault) -> None:
    vault.hold = threading.Event()
    assert "does not answer within 5 s" in refused("vault://secret/app", settings(vault))
    vault.hold.set()


def test_a_server_that_speaks_something_else_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=speak)
        thread.start()
        env = {"VAULT_ADDR": f"http://127.0.0.1:{server.getsockname()[1]}", "VAULT_TOKEN": ROOT}
        assert "something else than HTTP" in refused("vault://secret/app", env)
        thread.join()


async def test_tls_is_verified(upstream: Upstream, tmp_path: Path) -> None:
    certificate = tmp_path / "vault.pem"
    with keeping(certificate) as vault:
        vault.write("secret", "app", {"api-key": CANARY})
        assert "certificate that is not trusted" in refused("vault://secret/app", settings(vault))
        assert vault.requests == []
        env = settings(vault, VAULT_CACERT=str(certificate))
        assert await sent(upstream, "vault://secret/app", env) == CANARY


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_an_authority_that_can_not_be_read_is_told(vault: Vault, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    env = {"VAULT_ADDR": "https://127.0.0.1:9", "VAULT_TOKEN": ROOT, "VAULT_CACERT": str(tmp_path / "ca.pem")}
    assert "VAULT_CACERT can't be read" in refused("vault://secret/app", env)
