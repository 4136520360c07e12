"""The bench of objectives still runs, and shows what it is there to show."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def test_ours_is_close_to_the_truth_and_reads_a_fraction(tmp_path: Path) -> None:
    options = ["--days", "2", "--once", "--results", str(tmp_path)]
    search = {"PYTHONPATH": str(ROOT / "bench")}
    subprocess.run([sys.executable, "-m", "slo", *options], check=True, env=os.environ | search, cwd=ROOT)
    (run,) = json.loads((tmp_path / "slo.json").read_text())
    ways = run["ways"]
    read = {name: sum(way["samples"].values()) for name, way in ways.items()}
    assert ways["ours"]["budget_used"] == pytest.approx(run["truth"], rel=0.02)
    assert ways["Sloth's shape"]["budget_used"] != pytest.approx(run["truth"], rel=0.2)
    assert read["ours"] < read["Pyrra's shape"] / 50
    assert read["ours"] < read["Sloth's shape"] / 50
