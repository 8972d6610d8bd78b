"""A capability whose API asks for one of the credentials under test, ready to be called."""

from __future__ import annotations

import json
from typing import Any

from naftiko_runtime import Runtime

SECRET = {"PASSWORD": "secret: \u00e4", "USER_NAME": "ada"}


def quays(base: str, authentication: dict[str, Any], *, shaped: bool = True, body: str = "") -> str:
    """Its text. Without a shape the upstream's answer passes as it comes; a `body` makes a POST."""
    api = {
        "type": "http",
        "namespace": "quays",
        "baseUri": base,
        "authentication": authentication,
        "resources": [
            {
                "name": "ship",
                "path": "/ships",
                "operations": [
                    {
                        "name": "find",
                        "method": "POST" if body else "GET",
                        **({"body": body} if body else {}),
                        "inputParameters": [{"name": "name", "in": "query"}],
                    }
                ],
            }
        ],
    }
    operation = {"name": "find-ship", "method": "GET", "call": "quays.find"}
    operation |= {"inputParameters": [{"name": "name", "in": "query"}]}
    if shaped:
        operation["outputParameters"] = [{"type": "object", "mapping": "$.", "properties": {}}]
    exposed = {"type": "rest", "namespace": "quays-rest", "port": 8080}
    resource = {"name": "ship", "path": "/ships", "description": "Ships.", "operations": [operation]}
    names = ("PASSWORD", "USER_NAME", "CLIENT_SECRET", "REFRESH_TOKEN")
    return json.dumps(
        {
            "naftiko": "1.0.0-alpha2",
            "info": {"label": "Quays", "description": "Ships at quays."},
            "binds": [{"namespace": "env", "keys": {name: name for name in names}}],
            "capability": {"consumes": [api], "exposes": [{**exposed, "resources": [resource]}]},
        }
    )


def runtime(text: str, **env: str) -> Runtime:
    """A runtime over a capability's text."""
    return Runtime(text, env={**SECRET, **env})
