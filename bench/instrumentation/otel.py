"""OpenTelemetry's providers, as the bench needs them."""

import importlib
from typing import Any


def meter_provider() -> Any:  # noqa: ANN401 - the library is not installed where types are checked
    """Return OpenTelemetry's meters, read by prometheus_client's registry."""
    metrics: Any = importlib.import_module("opentelemetry.sdk.metrics")
    exporter: Any = importlib.import_module("opentelemetry.exporter.prometheus")
    return metrics.MeterProvider(metric_readers=[exporter.PrometheusMetricReader()])


def no_traces() -> Any:  # noqa: ANN401 - as above
    """Return the tracers that make no spans."""
    trace: Any = importlib.import_module("opentelemetry.trace")
    return trace.NoOpTracerProvider()


def traces() -> Any:  # noqa: ANN401 - as above
    """Return tracers that make spans, which nobody is told of."""
    trace: Any = importlib.import_module("opentelemetry.sdk.trace")
    return trace.TracerProvider()
