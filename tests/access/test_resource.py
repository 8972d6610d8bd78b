"""Where does a client find the metadata of a resource, wherever the application is mounted? (RFC 9728)"""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from naftiko_runtime import Runtime
from tests.access.conftest import Serve
from tests.access.library import ENV, call, library, oauth

ISSUER = "https://login.invalid"
WELL_KNOWN = "/.well-known/oauth-protected-resource"


async def told(client: httpx.AsyncClient, path: str) -> tuple[str, dict[str, object]]:
    """The address of the metadata that a caller without a token is told, and what it finds there."""
    answer = await client.post(path, **call()) if path.endswith("/mcp") else await client.get(path)
    assert answer.status_code == 401
    found = re.search(r'resource_metadata="([^"]*)"', answer.headers["www-authenticate"])
    assert found is not None
    return found[1], (await client.get(found[1])).json()


@pytest.mark.parametrize("path", ["/mcp", "/desk/mcp"])
@pytest.mark.parametrize("resource", ["/mcp", "/desk/mcp", "", "/", "/desk/mcp/"])
async def test_an_mcp_server_tells_the_address_that_the_rfc_derives(path, resource, serve: Serve):
    client = await serve(library({"desk": ("mcp", oauth(ISSUER, f"https://library.test{resource}"))}))
    address, document = await told(client, path)
    assert address == f"https://library.test{WELL_KNOWN}{resource.rstrip('/')}"
    assert document["resource"] == f"https://library.test{resource}"
    assert document["authorization_servers"] == [ISSUER]


@pytest.mark.parametrize("resource", ["", "/desk"])
async def test_a_rest_adapter_tells_it_too(resource, serve: Serve):
    client = await serve(library({"desk": ("rest", oauth(ISSUER, f"https://library.test{resource}"))}))
    assert (await told(client, "/desk/loans"))[0] == f"https://library.test{WELL_KNOWN}{resource}"


async def test_every_adapter_of_a_port_has_its_own(serve: Serve):
    asked = {name: oauth(ISSUER, f"https://library.test/{name}/mcp") for name in ("one", "two")}
    client = await serve(library({name: ("mcp", text) for name, text in asked.items()}))
    for name in asked:
        address, document = await told(client, f"/{name}/mcp")
        assert (address, document["resource"]) == (
            f"https://library.test{WELL_KNOWN}/{name}/mcp",
            f"https://library.test/{name}/mcp",
        )
    assert (await client.get(WELL_KNOWN)).status_code == 404


async def test_a_sole_resource_is_found_without_its_path(serve: Serve):
    client = await serve(library({"desk": ("mcp", oauth(ISSUER, "https://library.test/desk/mcp"))}))
    assert (await client.get(WELL_KNOWN)).json()["resource"] == "https://library.test/desk/mcp"


async def test_two_adapters_of_one_resource_have_one_document(serve: Serve):
    one, two = oauth(ISSUER, more="scopes: [read]"), oauth("https://other.invalid", more="scopes: [read, write]")
    client = await serve(library({"one": ("rest", one), "two": ("mcp", two)}))
    document = (await client.get(WELL_KNOWN)).json()
    assert document["authorization_servers"] == [ISSUER, "https://other.invalid"]
    assert document["scopes_supported"] == ["read", "write"]


async def test_anybody_may_read_it_from_a_page_and_only_read(serve: Serve):
    client = await serve(library({"desk": ("mcp", oauth(ISSUER))}))
    answer = await client.get(WELL_KNOWN)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await client.head(WELL_KNOWN)).headers["content-length"] == str(len(answer.content))
    assert (await client.post(WELL_KNOWN)).status_code == 404


async def test_nothing_is_there_without_an_authorization_server(serve: Serve):
    client = await serve(library({"desk": ("mcp", "")}))
    assert (await client.get(WELL_KNOWN)).status_code == 404


@pytest.mark.parametrize("path", ["/mcp", "/desk/mcp"])
async def test_mounted_it_lies_below_the_mount_where_it_can_be_answered(path: str):
    resource = f"https://library.test/a%20b/capabilities{path}"
    async with Runtime(library({"desk": ("mcp", oauth(ISSUER, resource))}), env=ENV) as runtime:
        mounted = Starlette(routes=[Mount("/a b/capabilities", runtime.asgi())])
        transport = httpx.ASGITransport(mounted)
        async with httpx.AsyncClient(transport=transport, base_url="https://library.test") as client:
            address, document = await told(client, f"/a%20b/capabilities{path}")
    assert address == f"https://library.test/a%20b/capabilities{WELL_KNOWN}{path}"
    assert document["resource"] == resource


async def test_behind_a_proxy_that_takes_a_prefix_off_it_lies_below_the_prefix(serve: Serve):
    client = await serve(library({"desk": ("mcp", oauth(ISSUER, "https://library.test/public/desk/mcp"))}))
    answer = await client.post("/desk/mcp", **call())
    assert f'"https://library.test/public{WELL_KNOWN}/desk/mcp"' in answer.headers["www-authenticate"]
    for path in (f"{WELL_KNOWN}/desk/mcp", f"{WELL_KNOWN}/public/desk/mcp"):
        assert (await client.get(path)).json()["resource"] == "https://library.test/public/desk/mcp"


async def test_digest_counts_the_whole_address_below_a_mount():
    asked = "{type: digest, username: ada, password: '{{PASSWORD}}'}"
    async with Runtime(library({"desk": ("skill", asked)}), env=ENV) as runtime:
        transport = httpx.ASGITransport(Starlette(routes=[Mount("/deep/er", runtime.asgi())]))
        async with httpx.AsyncClient(transport=transport, base_url="https://library.test") as client:
            answer = await client.get("/deep/er/skills", auth=httpx.DigestAuth("ada", ENV["DESK_PASSWORD"]))
    assert answer.status_code == 200
