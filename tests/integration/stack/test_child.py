import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_sweep_ends_what_was_left_and_nothing_that_started_since(tmp_path: Path) -> None:
    program = Path(__file__).with_name("sweeping.py")
    found = json.loads(subprocess.check_output([sys.executable, program, tmp_path], timeout=30))
    assert found["left"] == [False, False]
    assert len(found["later"]) > 1
    assert all(found["later"])
