"""Rules about addresses and paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from naftiko_runtime.lint.finding import Finding
from naftiko_runtime.lint.select import adapters, entries, text

_LOOPBACK = ("", "localhost", "127.0.0.1", "::1")
_EXAMPLES = ("example.com", "example.org", "example.net")


def base_uri_has_no_trailing_slash(value: Any) -> Iterator[Finding]:
    """Other engines glue a base address and a path together as they are."""
    for at, entry in entries(value, "consumes"):
        if text(entry, "baseUri").endswith("/"):
            yield Finding((*at, "baseUri"), "the `baseUri` ends with a slash", "leave it out: paths begin with one")


def base_uri_is_no_example(value: Any) -> Iterator[Finding]:
    """An address of the documentation domains (RFC 2606) is never the one that is meant."""
    for at, entry in entries(value, "consumes"):
        if _is_example(_host(text(entry, "baseUri"))):
            yield Finding((*at, "baseUri"), "the `baseUri` is an address for examples", "write the real one")


def listening_address_is_no_example(value: Any) -> Iterator[Finding]:
    """Nobody can listen on a documentation domain."""
    for at, entry in entries(value, "exposes"):
        if _is_example(text(entry, "address")):
            help_text = "write `127.0.0.1`, or the address of a network of this machine"
            yield Finding((*at, "address"), "the `address` is one for examples", help_text)


def exposed_path_has_no_trailing_slash(value: Any) -> Iterator[Finding]:
    """`/ships/` and `/ships` are two paths to HTTP, and one to people."""
    for at, resource in adapters(value, "rest", "resources.*"):
        if text(resource, "path").rstrip("/") and text(resource, "path").endswith("/"):
            yield Finding((*at, "path"), "the exposed path ends with a slash", "leave the last slash out")


def exposed_path_has_no_query(value: Any) -> Iterator[Finding]:
    """A query is not part of a path; its keys are inputs."""
    for at, resource in adapters(value, "rest", "resources.*"):
        if "?" in text(resource, "path"):
            help_text = "declare its keys as `inputParameters` with `in: query`"
            yield Finding((*at, "path"), "the exposed path has a query string", help_text)


def control_stays_on_this_machine(value: Any) -> Iterator[Finding]:
    """The control adapter shows and changes how the capability runs."""
    for at, adapter in adapters(value, "control"):
        if text(adapter, "address") not in _LOOPBACK:
            message = "the control adapter can be reached from other machines"
            yield Finding((*at, "address"), message, "leave `address` out, or write `127.0.0.1`")


def control_has_a_port_of_its_own(value: Any) -> Iterator[Finding]:
    """One control adapter a capability, beside the ports it serves."""
    controls = list(adapters(value, "control"))
    for at, _ in controls[1:]:
        message = "a capability has one control adapter, and this is another"
        yield Finding(at, message, "keep one of them", earlier=controls[0][0])
    others = [(at, item) for at, item in entries(value, "exposes") if item.get("type") != "control"]
    for at, adapter in controls:
        for earlier, other in others:
            if "port" in adapter and other.get("port") == adapter["port"]:
                message = f"the control adapter shares port {adapter['port']} with what it controls"
                yield Finding((*at, "port"), message, "give it a port of its own", earlier=(*earlier, "port"))


def tunnelled_address_is_private(value: Any) -> Iterator[Finding]:
    """What the whole network can reach needs no tunnel."""
    for at, entry in entries(value, "consumes"):
        host = _host(text(entry, "baseUri"))
        if "tunnel" in entry and "." in host and not host.endswith((".ziti", ".internal", ".local", ".private")):
            message = f"`{host}` looks like a public address, and is reached through a tunnel"
            yield Finding((*at, "baseUri"), message, "write the address that the service has inside the tunnel")


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def _is_example(host: str) -> bool:
    return host in _EXAMPLES or host.endswith(tuple(f".{name}" for name in _EXAMPLES))
