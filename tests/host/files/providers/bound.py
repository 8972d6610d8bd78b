"""A capability that sends the value of one bound variable to its upstream, where a test can see it."""

from __future__ import annotations

import json


def bound(location: str, key: str, base: str, *, more: tuple[str, ...] = ()) -> str:
    """Its text. `more` are further keys of the same location, which nothing uses."""
    keys = {"TOKEN": key} | {f"MORE_{index}": item for index, item in enumerate(more)}
    return json.dumps(
        {
            "naftiko": "1.0.0-alpha2",
            "info": {"label": "Pilots", "description": "Pilots of a harbour."},
            "binds": [{"namespace": "secrets", "location": location, "keys": keys}],
            "capability": {
                "consumes": [
                    {
                        "type": "http",
                        "namespace": "pilots",
                        "baseUri": base,
                        "authentication": {"type": "bearer", "token": "{{TOKEN}}"},
                        "resources": [
                            {"name": "pilot", "path": "/pilots", "operations": [{"name": "find", "method": "GET"}]}
                        ],
                    }
                ],
                "exposes": [
                    {
                        "type": "rest",
                        "namespace": "pilots-rest",
                        "port": 8080,
                        "resources": [
                            {
                                "name": "pilot",
                                "path": "/pilots",
                                "description": "Pilots.",
                                "operations": [{"name": "find-pilot", "method": "GET", "call": "pilots.find"}],
                            }
                        ],
                    }
                ],
            },
        }
    )
