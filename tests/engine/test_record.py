from __future__ import annotations

from naftiko_runtime.engine.record import RequestRecord


def test_a_record_has_no_place_for_arguments_headers_or_a_query():
    assert RequestRecord._fields == (
        "request_id",
        "face",
        "operation",
        "capability",
        "function",
        "status",
        "upstream_status",
        "milliseconds",
        "code",
    )
