import os
import subprocess
import sys
from pathlib import Path

import pytest

from steward.stack.errors import AlreadyRunning
from steward.stack.lock import Lock, holder


def test_the_holder_is_known_for_as_long_as_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert holder(path) is None
    with Lock(path):
        assert holder(path) == os.getpid()
    assert holder(path) is None


@pytest.mark.slow
def test_there_is_one_holder_and_the_kernel_frees_the_lock_of_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    text = f"""
from pathlib import Path
from steward.stack.lock import Lock
with Lock(Path({str(path)!r})):
    print(flush=True)
    input()
"""
    with subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        assert holder(path) == other.pid
        with pytest.raises(AlreadyRunning, match=f"supervisor {other.pid}"):
            Lock(path)
        other.kill()
    with Lock(path):
        assert holder(path) == os.getpid()
