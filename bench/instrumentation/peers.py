"""What stands beside the instruments, and which versions of it."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

OURS = "steward.instrument"
CLIENT = "prometheus_client"
INSTRUMENTATOR = "prometheus-fastapi-instrumentator"
EXPORTER = "starlette-exporter"
ASGI_PROMETHEUS = "asgi-prometheus"
STARLETTE_PROMETHEUS = "starlette-prometheus"
AIOPROMETHEUS = "aioprometheus"
PYTHEUS = "pytheus"
NATIVE = "FastAPI's native telemetry"
OTEL_ASGI = "OpenTelemetry ASGI"
OTEL_FASTAPI = "OpenTelemetry FastAPI"
OTEL = "OpenTelemetry"

_BENCH_ONLY = (
    INSTRUMENTATOR,
    EXPORTER,
    ASGI_PROMETHEUS,
    STARLETTE_PROMETHEUS,
    AIOPROMETHEUS,
    PYTHEUS,
    "opentelemetry-sdk",
    "opentelemetry-exporter-prometheus",
    "opentelemetry-instrumentation-asgi",
    "opentelemetry-instrumentation-fastapi",
    "opentelemetry-instrumentation-sqlalchemy",
    "opentelemetry-instrumentation-redis",
)
_ALSO = ("prometheus-client", "starlette", "fastapi", "sqlalchemy", "redis")

_INSTALL = """\
The bench needs its peers, which the project itself does not install; missing: {missing}.
In the project's folder:

    python3 -m venv .venv-bench
    .venv-bench/bin/pip install --require-hashes --no-deps -r requirements/bench.txt
    cd bench && PYTHONPATH=../src ../.venv-bench/bin/python -m instrumentation"""


def what_is_missing() -> str | None:
    """Tell which peers are not installed and how to install them; None when all are."""
    missing = [name for name in _BENCH_ONLY if _version(name) is None]
    if find_spec("steward") is None:
        missing.append("the project itself, on PYTHONPATH")
    return _INSTALL.format(missing=", ".join(missing)) if missing else None


def versions() -> Mapping[str, str]:
    """Return the version of Python and of everything measured."""
    found = {name: _version(name) or "missing" for name in sorted({*_BENCH_ONLY, *_ALSO})}
    return {"python": f"{platform.python_implementation()} {platform.python_version()}", **found}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
