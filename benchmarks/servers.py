"""Which servers stand beside each other in one run?

An nginx that plays the upstream, and in front of it: nothing, another nginx that only passes on, this runtime, and a
FastMCP server made from an OpenAPI document. Each is one process with one worker.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.payload import JOB_LIST
from benchmarks.process import Server, accepts, free_port, started, wait_for
from benchmarks.subjects import CREDENTIAL, ROOT, Subject, Subjects

_PEER = Path(__file__).with_name("peer.py")

_NGINX = """
daemon off;
master_process off;
pid {folder}/{name}.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_timeout 3600;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    {content}
}}
"""

_ANSWERING = "server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}"

_PASSING_ON = """
    upstream answering {{
        server {upstream};
        keepalive 64;
        keepalive_requests 1000000000;
        keepalive_timeout 3600;
    }}
    server {{
        listen 127.0.0.1:{port};
        location = {listing} {{
            proxy_pass http://answering{consumed};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
"""


class Adapters(NamedTuple):
    """This runtime, serving. `urls` has the URL of every adapter by its namespace."""

    server: Server
    urls: Mapping[str, str]


@contextlib.contextmanager
def nginx_upstream(folder: Path, core: int | None) -> Iterator[Server]:
    """The upstream: answers every request with the job list."""
    port = free_port()
    content = _ANSWERING.format(port=port, body=JOB_LIST.decode())
    with _nginx("nginx upstream", "upstream", content, port, folder, core) as server:
        yield server


@contextlib.contextmanager
def nginx_proxy(upstream: Server, subject: Subject, folder: Path, core: int | None) -> Iterator[Server]:
    """An nginx that passes the list operation's route on, connections kept."""
    port = free_port()
    content = _PASSING_ON.format(
        upstream=upstream.url.removeprefix("http://"), port=port, listing=subject.listing, consumed=subject.consumed
    )
    with _nginx("nginx proxy_pass", "proxy", content, port, folder, core) as server:
        yield server


@contextlib.contextmanager
def naftiko(upstream: Server, subjects: Subjects, folder: Path, core: int | None) -> Iterator[Adapters]:
    """This runtime, serving both files from one process, every request logged as JSON to a file."""
    both = (subjects.plain, subjects.paged)
    command = [sys.executable, "-m", "naftiko_runtime", "run", *(str(item.file) for item in both)]
    for item in both:
        command += ["--upstream", f"{item.namespace}={upstream.url}"]
        command += ["--listen", f"{item.rest}=127.0.0.1:0", "--listen", f"{item.mcp}=127.0.0.1:0"]
    command += ["--log-format", "json", "--log-level", "info"]
    environment = child_environment({item.variable: CREDENTIAL for item in both})
    errors = folder / "naftiko.jsonl"
    with started("naftiko", command, "", errors=errors, core=core, environment=environment) as server:
        wait_for(server, lambda: bool(_urls(errors)), errors)
        yield Adapters(server, _urls(errors))


@contextlib.contextmanager
def fastmcp(python: Path, upstream: Server, subject: Subject, folder: Path, core: int | None) -> Iterator[Server]:
    """FastMCP's `from_openapi` for the list operation, stateless JSON over HTTP, in the Python at `python`."""
    port = free_port()
    document = folder / "openapi.json"
    document.write_text(json.dumps(_openapi(upstream.url, subject)))
    errors = folder / "fastmcp.log"
    command = [str(python), str(_PEER), str(document), upstream.url, str(port)]
    url = f"http://127.0.0.1:{port}"
    with started("FastMCP", command, url, errors=errors, core=core, environment=child_environment({})) as server:
        wait_for(server, lambda: accepts(port), errors)
        yield server


def can_import_fastmcp(python: Path) -> bool:
    """Whether the Python at `python` exists and has FastMCP."""
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('fastmcp') is None)"
    try:
        return subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Python child: nothing of ours that could change what is measured."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


@contextlib.contextmanager
def _nginx(title: str, name: str, content: str, port: int, folder: Path, core: int | None) -> Iterator[Server]:
    configuration = folder / f"{name}.conf"
    configuration.write_text(_NGINX.format(folder=folder, name=name, content=content))
    errors = folder / f"{name}.log"
    command = [shutil.which("nginx") or "nginx", "-e", "stderr", "-p", str(folder), "-c", str(configuration)]
    with started(title, command, f"http://127.0.0.1:{port}", errors=errors, core=core) as server:
        wait_for(server, lambda: accepts(port), errors)
        yield server


def _urls(log: Path) -> dict[str, str]:
    """The URLs that the `ready` event tells, empty until it is there."""
    for line in log.read_text(errors="replace").splitlines():
        if '"event":"ready"' in line and line.endswith("}"):
            return {item["namespace"]: item["url"].rstrip("/") for item in json.loads(line)["urls"]}
    return {}


def _openapi(url: str, subject: Subject) -> dict[str, object]:
    schema = {"type": "object", "additionalProperties": True}
    answer = {"description": "The jobs.", "content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "list_jobs", "summary": "List the jobs.", "responses": {"200": answer}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jobs", "version": "1"},
        "servers": [{"url": url}],
        "paths": {subject.consumed: {"get": operation}},
    }
