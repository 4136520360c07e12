"""What is known of a shop's series."""

import pytest

from steward.promql.schema import Schema, SeriesInfo


@pytest.fixture(scope="session")
def schema() -> Schema:
    job, instance = frozenset({"shop"}), None
    scraped = {"job": job, "instance": instance}
    every = (
        SeriesInfo(
            "requests_total", "counter", "", {**scraped, "path": None, "status": frozenset({"200", "404", "500"})}
        ),
        SeriesInfo(
            "latency_seconds_bucket",
            "histogram",
            "bucket",
            {**scraped, "path": None, "le": frozenset({"0.5", "1.0", "+Inf"})},
        ),
        SeriesInfo("latency_seconds_count", "histogram", "count", {**scraped, "path": None}),
        SeriesInfo("open", "gauge", "", scraped),
        SeriesInfo("memory_bytes", "gauge", "", {"job": frozenset({"node"}), "instance": None}),
        SeriesInfo("partly", "gauge", "", {"zone": None}, complete=False),
        SeriesInfo("up", "gauge", "", {"job": frozenset({"shop", "node"}), "instance": None}),
    )
    return {one.name: one for one in every}
