"""The main job without root: the same stack, every process the caller's."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from steward.stack.state import closed_to_others
from steward.testing.stack import Stack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOMEBODY = "nobody"


@pytest.fixture
def project(folder: Path) -> Path:
    """Give the project where somebody else can enter it: where it lies, else a copy."""
    if not closed_to_others(ROOT):
        return ROOT
    copy = folder / "project"
    copy.mkdir(0o755)
    parts = [ROOT / name for name in ("steward", "pyproject.toml", "requirements", "src", ".venv")]
    subprocess.run(["cp", "-a", *parts, copy], check=True)
    return copy


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root runs every other test as an ordinary user")
def test_stack_runs_as_the_user_who_starts_it(folder: Path, project: Path) -> None:
    if closed_to_others(Path(sys.executable).resolve()):
        pytest.skip("this Python lies in a folder that only root can enter, so nobody else can run it")
    somebody = pwd.getpwnam(SOMEBODY)
    home = folder / "home"
    home.mkdir()
    os.chown(home, somebody.pw_uid, somebody.pw_gid)
    stack = Stack.beside(CATALOGUE, project=project, state=home / "state", user=SOMEBODY)
    try:
        started = stack.steward("up", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr

        assert stack.status()["healthy"]
        assert {process.uids().real for process in stack.processes()} == {somebody.pw_uid}
    finally:
        stopped = stack.steward("down", "--purge")
    assert stopped.returncode == 0, stopped.stderr
    assert stack.processes() == []
    assert not stack.state.exists()
