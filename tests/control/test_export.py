"""What a collector gets: traces and numbers over OTLP, as its own protocol reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.control.harbour import SECRET, get, harbour
from tests.runner import free_ports, request, running, wait_until
from tests.upstream import Answer, Upstream, serving

ENV = {"HARBOUR_KEY": SECRET}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
TAKEN = Answer(headers=(("Content-Type", "application/x-protobuf"),))


@pytest.fixture
def file(tmp_path: Path, upstream: Upstream) -> Path:
    control, rest = free_ports(2)
    path = tmp_path / "harbour.yaml"
    path.write_text(
        harbour(
            upstream.url,
            control=control,
            rest=rest,
            more="observability: {exporters: {otlp: {endpoint: '{{COLLECTOR}}'}}}",
        ).replace("{HARBOUR_KEY: HARBOUR_KEY}", "{HARBOUR_KEY: HARBOUR_KEY, COLLECTOR: COLLECTOR}")
    )
    return path


def _spans(collector: Upstream) -> list[Span]:
    told = [ExportTraceServiceRequest.FromString(item.body) for item in collector.requests if item.path == "/v1/traces"]
    return [
        span
        for one in told
        for resource in one.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_traces_arrive_at_a_collector(file: Path, upstream: Upstream) -> None:
    upstream.answer("GET", "*", Answer(status=503))
    with serving() as collector:
        collector.answer("POST", "*", TAKEN)
        with running("run", str(file), env={**ENV, "COLLECTOR": collector.url}) as server:
            headers = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
            request("GET", server.url("rest") + "/ships", headers=headers)
            wait_until(lambda: len(_spans(collector)) == 3, seconds=10)
            kept = get(server, f"/traces/{TRACE}").json
        first, function, client = _spans(collector)

    assert {span.trace_id.hex() for span in (first, function, client)} == {TRACE}
    assert [span.span_id.hex() for span in (first, function, client)] == [span["spanId"] for span in kept["spans"]]
    assert (first.parent_span_id.hex(), first.kind) == (SPAN, Span.SPAN_KIND_SERVER)
    assert (client.parent_span_id, client.kind) == (function.span_id, Span.SPAN_KIND_CLIENT)
    assert first.status.code == Status.STATUS_CODE_ERROR
    assert first.start_time_unix_nano <= client.start_time_unix_nano <= client.end_time_unix_nano
    assert SECRET.encode() not in b"".join(item.body for item in collector.requests)


def test_what_is_left_is_sent_at_the_end(file: Path) -> None:
    with serving() as collector:
        collector.answer("POST", "*", TAKEN)
        with running("run", str(file), env={**ENV, "COLLECTOR": collector.url}) as server:
            request("GET", server.url("rest") + "/tide")
            assert server.stop() == 0
        bodies = [item.body for item in collector.requests if item.path == "/v1/metrics"]
        assert len(_spans(collector)) == 2
    [told] = ExportMetricsServiceRequest.FromString(bodies[-1]).resource_metrics
    metrics = {metric.name: metric for metric in told.scope_metrics[0].metrics}
    [counted] = metrics["naftiko_requests_total"].sum.data_points
    [timed] = metrics["naftiko_request_duration_seconds"].histogram.data_points

    assert {item.key: item.value.string_value for item in counted.attributes} == {
        "face": "rest",
        "capability": "Harbour",
        "function": "quay.tide",
        "status": "200",
    }
    assert (counted.as_double, timed.count, sum(timed.bucket_counts)) == (1.0, 1, 1)
    assert {item.key: item.value.string_value for item in told.resource.attributes}["service.name"] == "naftiko-runtime"


def test_a_collector_that_is_not_there_holds_up_nobody(file: Path) -> None:
    [port] = free_ports(1)
    with running("run", str(file), env={**ENV, "COLLECTOR": f"http://127.0.0.1:{port}"}) as server:
        assert request("GET", server.url("rest") + "/tide").json == "high"
        server.process.terminate()
        assert server.wait(12) == 0
