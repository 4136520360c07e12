"""What the recording rules come to when the API is idle, when it has never failed, and when it only fails."""

import json
import subprocess
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from festivals.catalogue.recordings import RULES

pytestmark = pytest.mark.slow

OK = 'festivals_http_requests_total{status="200"}'
BROKEN = 'festivals_http_requests_total{status="500"}'
DURATION = "festivals_http_request_duration_seconds"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Write the rules plainly, without the compiler."""
    group = {
        "name": RULES.name,
        "interval": f"{CATALOGUE.collection.interval}s",
        "rules": [{"record": rule.name, "expr": rule.expr} for rule in RULES.rules],
    }
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps({"groups": [group]}))
    return path


def recorded(rules: Path, series: dict[str, str], expected: dict[str, float | None]) -> None:
    """Ask promtool whether the rules give these values after two hours; None where there must be none."""
    samples = {
        name: [] if value is None else [{"labels": "{}", "value": value}] for name, value in expected.items()
    }
    test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": f"round({name}, 0.0001)", "eval_time": "2h", "exp_samples": found}
            for name, found in samples.items()
        ],
    }
    path = rules.with_name("test.yml")
    path.write_text(json.dumps({"rule_files": [str(rules)], "evaluation_interval": "15s", "tests": [test]}))
    result = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_some_requests_fail(rules: Path) -> None:
    recorded(
        rules,
        {OK: "0+45x480", BROKEN: "0+15x480"},
        {
            "festivals:http_requests:rate5m": 4,
            "festivals:http_errors:rate5m": 1,
            "festivals:http_error_percentage:5m": 25,
            "festivals:availability:5m": 0.75,
            "festivals:sli:availability_1h": 0.75,
        },
    )


def test_an_api_that_has_never_failed_has_an_error_rate_of_0(rules: Path) -> None:
    recorded(
        rules,
        {OK: "0+15x480"},
        {
            "festivals:http_errors:rate5m": 0,
            "festivals:http_error_percentage:5m": 0,
            "festivals:availability:5m": 1,
            "festivals:sli:availability_1h": 1,
        },
    )


def test_an_api_that_only_fails_has_an_availability_of_0(rules: Path) -> None:
    recorded(
        rules,
        {BROKEN: "0+15x480"},
        {"festivals:availability:5m": 0, "festivals:sli:availability_1h": 0},
    )


def test_an_idle_api_has_no_ratio_rather_than_nan(rules: Path) -> None:
    recorded(
        rules,
        {OK: "7x480", BROKEN: "7x480", f'{DURATION}_bucket{{le="0.5"}}': "7x480", f"{DURATION}_count": "7x480"},
        {
            "festivals:http_requests:rate5m": 0,
            "festivals:http_error_percentage:5m": None,
            "festivals:availability:5m": None,
            "festivals:sli:availability_1h": None,
            "festivals:sli:latency_1h": None,
        },
    )


def test_latency_is_the_share_within_half_a_second_and_its_quantiles(rules: Path) -> None:
    recorded(
        rules,
        {
            f'{DURATION}_bucket{{le="0.5"}}': "0+12x480",
            f'{DURATION}_bucket{{le="1"}}': "0+15x480",
            f'{DURATION}_bucket{{le="+Inf"}}': "0+15x480",
            f"{DURATION}_count": "0+15x480",
        },
        {
            "festivals:sli:latency_1h": 0.8,
            "festivals:http_latency:p50": 0.3125,
            "festivals:http_latency:p95": 0.875,
            "festivals:http_latency:p99": 0.975,
        },
    )
