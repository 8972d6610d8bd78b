"""What is counted, and how it reads for Prometheus."""

from __future__ import annotations

import json

from prometheus_client.parser import text_string_to_metric_families

from naftiko_runtime.engine.record import RequestRecord
from naftiko_runtime.telemetry import metrics
from naftiko_runtime.telemetry.exposition import Gauge, render
from naftiko_runtime.telemetry.metrics import Meter, Snapshot


def _record(function: str = "ships.list", status: int = 200, code: str = "", ms: float = 7.0) -> RequestRecord:
    return RequestRecord("r1", "rest", "GET /ships", "Harbour", function, status, None, ms, code)


def _samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(text)
    return {(row.name, tuple(row.labels.values())): row.value for family in families for row in family.samples}


def test_requests_are_counted_by_what_became_of_them() -> None:
    meter = Meter()
    for record in (_record(), _record(ms=300.0), _record(status=502, code="NK8003"), _record("")):
        meter.request(record)
    samples = _samples(render(meter.snapshot()))

    own = ("rest", "Harbour", "ships.list")
    assert samples["naftiko_requests_total", (*own, "200")] == 2
    assert samples["naftiko_requests_total", (*own, "502")] == 1
    assert samples["naftiko_requests_total", ("rest", "Harbour", "GET /ships", "200")] == 1
    assert samples["naftiko_request_errors_total", (*own, "NK8003")] == 1
    assert samples["naftiko_request_duration_seconds_bucket", (*own, "0.005")] == 0
    assert samples["naftiko_request_duration_seconds_bucket", (*own, "0.01")] == 2
    assert samples["naftiko_request_duration_seconds_bucket", (*own, "0.5")] == 3
    assert samples["naftiko_request_duration_seconds_bucket", (*own, "+Inf")] == 3
    assert samples["naftiko_request_duration_seconds_count", own] == 3
    assert abs(samples["naftiko_request_duration_seconds_sum", own] - 0.314) < 1e-9


def test_upstream_requests_are_counted_by_how_they_ended() -> None:
    meter = Meter()
    meter.upstream("api.test:8080", "GET", 200, 40.0)
    meter.upstream("api.test:8080", "GET", "deadline", 0.1)
    samples = _samples(render(meter.snapshot()))

    assert samples["naftiko_upstream_requests_total", ("api.test:8080", "GET", "200")] == 1
    assert samples["naftiko_upstream_requests_total", ("api.test:8080", "GET", "deadline")] == 1
    assert samples["naftiko_upstream_duration_seconds_bucket", ("api.test:8080", "GET", "30")] == 1
    assert samples["naftiko_upstream_duration_seconds_count", ("api.test:8080", "GET")] == 2


def test_numbers_of_two_processes_add_up() -> None:
    one, other = Meter(), Meter()
    for meter, function in ((one, "ships.list"), (other, "ships.list"), (other, "ships.find")):
        meter.request(_record(function))
        meter.upstream("api.test", "GET", 200, 0.2)
    told = Snapshot.from_json(json.loads(json.dumps(other.snapshot().to_json())))
    samples = _samples(render(one.snapshot().plus(told)))

    assert samples["naftiko_requests_total", ("rest", "Harbour", "ships.list", "200")] == 2
    assert samples["naftiko_requests_total", ("rest", "Harbour", "ships.find", "200")] == 1
    assert samples["naftiko_upstream_duration_seconds_count", ("api.test", "GET")] == 3
    assert render(one.snapshot().plus(Meter().snapshot())) == render(one.snapshot())


def test_labels_hold_any_text() -> None:
    meter = Meter()
    name = 'a"b\\c\nd'
    meter.request(_record(name))

    assert _samples(render(meter.snapshot()))["naftiko_requests_total", ("rest", "Harbour", name, "200")] == 1


def test_the_number_of_series_is_bounded_and_nothing_is_lost() -> None:
    meter = Meter()
    for number in range(metrics.MOST_SERIES + 10):
        meter.request(_record(f"f{number}"))
        meter.upstream(f"host{number}", "GET", 200, 0.1)
    snapshot = meter.snapshot()

    assert snapshot.counters["naftiko_requests_total"]["rest", "(other)", "(other)", "200"] == 10
    assert snapshot.counters["naftiko_upstream_requests_total"]["(other)", "GET", "200"] == 10


def test_a_gauge_is_told_with_its_labels() -> None:
    text = render(
        Meter().snapshot(), [Gauge("tide", "How high.", ("place",), {("quay",): 1.5}), Gauge("x", "X.", (), {(): 2.0})]
    )

    assert _samples(text) == {("tide", ("quay",)): 1.5, ("x", ()): 2}
