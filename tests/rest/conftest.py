"""REST applications over an engine with real sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from naftiko_runtime.engine.engine import Engine
from naftiko_runtime.plan.model.face import RestFace, Route
from naftiko_runtime.rest.application import RestApplication
from tests.records import Records
from tests.rest.plans import face_of

Serve = Callable[..., RestApplication]


@pytest.fixture
def serve(engine: Engine, records: Records) -> Serve:
    """`serve(*routes)` or `serve(*faces)`, with the application's own options by name."""

    def application(*exposed: Route | RestFace, **options: int) -> RestApplication:
        faces = [item for item in exposed if isinstance(item, RestFace)]
        routes = [item for item in exposed if isinstance(item, Route)]
        return RestApplication(
            faces or [face_of(*routes)], engine, records.observe, body_limit=options.get("body_limit", 1000)
        )

    return application
