"""Root's project below a folder that other users cannot enter, as a clone in /root is."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.stack.conftest import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers are other users"),
]

_REDIS = "components.redis(Secret('redis-password', 'REDIS_PASSWORD'), published={port})"


def test_its_state_goes_where_servers_can_enter(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(_REDIS.format(port=free_port()))
    project.folder.chmod(0o700)
    project.environ["STEWARD_STATE"] = ""
    link = project.folder / ".steward"
    outcome = project.steward("up", "--detach")
    try:
        assert outcome.code == 0, outcome
        assert f"other users cannot enter {project.folder}" in outcome.err
        assert link.is_symlink()
        pid = project.service("redis")["pid"]
        assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam("redis").pw_uid
        assert project.steward("down").code == 0
        again = project.steward("up", "--detach")
        assert again.code == 0
        assert "other users" not in again.err
    finally:
        place = link.resolve()
        assert project.steward("down", "--purge").code == 0
    assert not place.exists()
    assert not link.is_symlink()


def test_a_chosen_place_that_servers_cannot_enter_is_refused(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(_REDIS.format(port=free_port()))
    closed = project.state.parent / "closed"
    closed.mkdir(mode=0o700)
    project.environ["STEWARD_STATE"] = str(closed / "state")
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert f"cannot enter {closed}" in outcome.err
    assert f"chmod o+x {closed}" in outcome.err
