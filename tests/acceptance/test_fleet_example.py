"""The example of steps runs as its first lines say, and needs nothing but itself."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.clients import ERAS, over_http
from tests.runner import ROOT, command, free_ports, request, running

FILE = ROOT / "specs" / "fleet.naftiko.yaml"
MANIFEST = {
    "ship": {"name": "MS hild", "asked-for": "hild"},
    "crew": [{"name": "Cyd Moe", "role": "pilot"}, {"name": "Ane Dahl", "role": "captain"}],
    "crew-size": 2,
}


async def test_the_example_puts_a_manifest_together_from_its_own_registry() -> None:
    registry, rest, mcp = free_ports(3)
    listen = {"registry-double": registry, "fleet": rest, "fleet-tools": mcp}
    flags = [part for name, port in listen.items() for part in ("--listen", f"{name}=127.0.0.1:{port}")]
    with running("run", str(FILE), "--upstream", f"registry=http://127.0.0.1:{registry}", *flags) as run:
        reply = request("GET", run.url("rest", "fleet") + "/ships/hild/manifest")
        async with over_http(run.url("mcp"), ERAS[1]) as client:
            result = await client.call_tool("get-manifest", {"ship": "hild"})

    assert (reply.status, reply.json) == (200, MANIFEST)
    assert result.structured_content == MANIFEST


def test_the_faces_of_one_function_are_one_call_under_its_bare_name() -> None:
    ended = command("call", str(FILE), "get-manifest", "ship=hild", "--dry-run")

    assert ended.code == 0, ended.text
    assert ended.out.startswith("# step get-ship: GET /ships/{id} (registry.ship.get-ship)\n")


def test_explain_shows_what_steps_of_a_shared_function_are_handed(tmp_path: Path) -> None:
    copy = tmp_path / "fleet.naftiko.yaml"
    tool = "- {ref: manifests.get-manifest"
    copy.write_text(FILE.read_text().replace(tool, f"{tool}, with: {{ship: hild}}"))
    ended = command("explain", str(copy), "fleet-tools.get-manifest")

    assert "inputs    none" in ended.out
    assert "supplies  function `manifests.get-manifest` ship  from `hild`" in ended.out


def test_the_example_is_a_capability_without_a_fault() -> None:
    ended = command("validate", str(FILE))

    assert (ended.code, ended.text.count("error["), ended.text.count("warning[")) == (0, 0, 0), ended.text
