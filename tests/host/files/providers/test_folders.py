from __future__ import annotations

from pathlib import Path

import pytest

from naftiko_runtime import Runtime
from naftiko_runtime.errors import SpecError
from tests.host.files.providers.bound import bound
from tests.upstream import Upstream

SECRET = "k8s-secret://pilots"


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """The folder below which secrets are mounted, with one secret as a kubelet lays it out."""
    now = tmp_path / "secrets" / "pilots" / "..2026_11_21"
    now.mkdir(parents=True)
    (now / "token").write_bytes(b"t0ken")
    (now / "tls.crt").write_bytes(b"line")
    folder = now.parent
    (folder / "..data").symlink_to(now.name)
    for key in ("token", "tls.crt"):
        (folder / key).symlink_to(f"..data/{key}")
    return folder.parent


async def sent(upstream: Upstream, location: str, key: str = "token", **env: str) -> str:
    async with Runtime(bound(location, key, upstream.url), env=env) as runtime:
        await runtime.call("GET /pilots")
    return (upstream.only.header("authorization") or "").removeprefix("Bearer ")


def refused(location: str, key: str = "token", **env: str) -> str:
    with pytest.raises(SpecError) as caught:
        Runtime(bound(location, key, "http://127.0.0.1:9"), env=env)
    [error] = [item for item in caught.value.diagnostics if item.is_error]
    return f"{error.code} {error.message}"


async def test_a_mounted_secret_is_named_after_itself(upstream: Upstream, mounted: Path) -> None:
    assert await sent(upstream, SECRET, NAFTIKO_SECRETS=str(mounted)) == "t0ken"


@pytest.mark.parametrize("end", ["", "/"])
async def test_any_folder_may_hold_a_file_for_each_key(upstream: Upstream, mounted: Path, end: str) -> None:
    assert await sent(upstream, f"file://{mounted}/pilots{end}", "tls.crt") == "line"


@pytest.mark.parametrize("content", [b"t0ken\n", b"t0ken\r\n", b"\xef\xbb\xbft0ken"])
async def test_a_line_break_at_the_end_is_no_part_of_a_value(
    upstream: Upstream, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "token").write_bytes(content)
    assert await sent(upstream, f"file://{tmp_path}") == "t0ken"


def test_a_line_break_inside_is_not_trimmed(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"t0ken\n\n")
    assert refused(f"file://{tmp_path}").startswith("NK6010")


@pytest.mark.parametrize("name", ["", "a/b", "../pilots", "Pilots", "..", "a b", "-a"])
def test_a_name_that_no_secret_has_says_so(mounted: Path, name: str) -> None:
    message = refused(f"k8s-secret://{name}", NAFTIKO_SECRETS=str(mounted / "x"))
    assert message.startswith("NK6003")
    assert "write `k8s-secret://NAME`" in message


def test_a_secret_that_is_not_mounted_says_where_it_was_looked_for() -> None:
    assert "there is no folder /etc/naftiko/secrets/pilots" in refused(SECRET)


@pytest.mark.parametrize("key", ["absent", "../token", "..data", ".", "a/b", "x" * 300])
def test_a_key_without_a_file_is_told(mounted: Path, key: str) -> None:
    assert refused(SECRET, key, NAFTIKO_SECRETS=str(mounted)).startswith(f"NK6004 {SECRET} has no key")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_key_that_can_not_be_read_is_told_without_its_value(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        (tmp_path / "token").mkdir()
    else:
        (tmp_path / "token").write_bytes(content)
    message = refused(f"file://{tmp_path}")
    assert message.startswith("NK6003")
    assert "`token`: " in message


@pytest.mark.parametrize(
    ("location", "words"), [("file://keys.yaml", "an/absolute/path"), (f"file:///{'x' * 300}.yaml", "name too long")]
)
def test_a_path_that_can_not_be_looked_at_says_why(location: str, words: str) -> None:
    message = refused(location)
    assert message.startswith("NK6003")
    assert words in message


async def test_only_the_files_are_read_that_a_bind_names(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0ken")
    (tmp_path / "other").write_bytes(b"\xff")
    assert await sent(upstream, f"file://{tmp_path}") == "t0ken"


def test_an_unknown_provider_is_told_with_those_there_are() -> None:
    with pytest.raises(SpecError) as caught:
        Runtime(bound("github-secrets://team", "token", "http://127.0.0.1:9"), env={})
    [error] = [item for item in caught.value.diagnostics if item.is_error]
    assert error.code == "NK6005"
    assert "`file://`, `k8s-secret://`, `vault://`" in (error.help or "")
