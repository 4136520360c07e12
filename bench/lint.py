"""How long `steward lint` takes for 1,000 rules, and checking and building the whole catalogue.

Run it as `.venv/bin/python bench/lint.py [--rules 1000] [--runs 5]`. Times include the start of the process.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = {"lint": 3.0, "check": 1.0, "build": 1.0}
"""Seconds."""
SHAPES = (
    'sum by (path) (rate(festivals_http_requests_total{{status=~"5.."}}[{minutes}m])) > {number}',
    "histogram_quantile(0.9, sum by (le) (rate(festivals_worker_job_duration_seconds_bucket[{minutes}m]))) > 9",
    "sum(rate(festivals_http_requests_total[{minutes}m])) / (sum(node_load1 offset {minutes}m) > 0) > {number}",
    'up{{job="festivals-api"}} * on (job) group_left count by (job) (up) > {number}',
    'max_over_time(node_filesystem_avail_bytes{{fstype!="tmpfs"}}[{minutes}m]) < {number}',
)


def rules(count: int) -> str:
    """Return a file of `count` alerts, no two of them with the same expression."""
    lines = ["groups:", "  - name: many", "    rules:"]
    for number in range(count):
        expression = SHAPES[number % len(SHAPES)].format(minutes=5 + number % 50, number=number + 1)
        lines += [
            f"      - alert: Number{number}",
            "        expr: |",
            f"          {expression}",
            "        for: 5m",
            "        labels: {severity: warning, team: backend}",
            "        annotations:",
            f"          summary: Number {number} is wrong",
            "          runbook_url: https://example.com/runbooks/many",
        ]
    return "\n".join(lines) + "\n"


def seconds(arguments: list[str], runs: int) -> tuple[float, float]:
    """Return the median time of some runs of a command, and the mean of what they took of a processor."""
    taken, before = [], os.times()
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "steward.cli", *arguments], capture_output=True, text=True, check=False
        )
        taken.append(time.perf_counter() - start)
        if done.returncode == 2:
            raise SystemExit(done.stderr)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return statistics.median(taken), spent / runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "many.yml")
        path.write_text(rules(given.rules))
        _tell(f"lint of {given.rules} rules", seconds(["lint", str(path)], given.runs), TARGETS["lint"])
    _tell("check", seconds(["check"], given.runs), TARGETS["check"])
    _tell("build --check", seconds(["build", "--check"], given.runs), TARGETS["build"])


def _tell(what: str, measured: tuple[float, float], target: float) -> None:
    wall, processor = measured
    print(f"steward {what}: {wall:.2f} s, {processor:.2f} s of a processor (target {target:g} s)")


if __name__ == "__main__":
    main()
