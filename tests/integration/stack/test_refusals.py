import json
import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.stack.conftest import Project

pytestmark = pytest.mark.slow


def test_a_second_up_says_what_runs(project: "Project", free_port: Callable[[], int]) -> None:
    port = free_port()
    project.catalogue(f"daemon('api', {port})")
    project.up()
    for arguments in (("up",), ("up", "--detach")):
        outcome = project.steward(*arguments)
        assert outcome.code == 1
        assert f"under supervisor {project.status()['supervisor']}: http://127.0.0.1:{port}" in outcome.err
        assert "steward status" in outcome.err
    assert project.status()["healthy"]


@pytest.mark.parametrize("command", ["up", "down"])
def test_what_a_killed_supervisor_left_is_ended(
    project: "Project", free_port: Callable[[], int], command: str
) -> None:
    project.catalogue(f"daemon('api', {free_port()}, '--children', '3')")
    project.up()
    left = project.pids()
    assert len(left) == 4
    os.kill(project.status()["supervisor"], signal.SIGKILL)
    project.until(lambda: not project.status()["running"])
    assert project.pids() == left

    outcome = project.steward("up", "--detach") if command == "up" else project.steward("down")
    assert outcome.code == 0, outcome
    assert "ended 4 processes that a killed supervisor had left running" in outcome.err
    assert "stop api" in project.events
    assert not project.pids() & left


def test_children_of_a_leader_that_died_with_the_supervisor_are_found_too(
    project: "Project", free_port: Callable[[], int]
) -> None:
    project.catalogue(f"daemon('api', {free_port()}, '--children', '2')")
    project.up()
    status = project.status()
    os.kill(status["supervisor"], signal.SIGKILL)
    os.kill(status["services"][0]["pid"], signal.SIGKILL)
    project.until(lambda: len(project.pids()) == 2)
    outcome = project.steward("down")
    assert "ended 2 processes" in outcome.err
    assert project.pids() == set()


def test_a_taken_port_is_named_with_its_holder_and_its_variable(
    project: "Project", free_port: Callable[[], int]
) -> None:
    port = free_port()
    project.catalogue(f"daemon('the-api', {port})")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        outcome = project.steward("up", "--detach")
        assert outcome.code == 1
        assert f"port {port}, which the-api needs, is taken by" in outcome.err
        assert f"pid {os.getpid()}" in outcome.err
        assert "STEWARD_PORT_THE_API=NUMBER" in outcome.err
        project.environ["STEWARD_PORT_THE_API"] = str(free_port())
        project.up()
    assert project.service("the-api")["ports"] == {"http": int(project.environ["STEWARD_PORT_THE_API"])}


def test_a_damaged_record_is_explained_and_can_be_purged(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    project.up()
    left = project.pids()
    os.kill(project.status()["supervisor"], signal.SIGKILL)
    project.record.write_text('{"supervisor": 1}')
    for arguments in (("up", "--detach"), ("down",), ("status",)):
        outcome = project.steward(*arguments)
        assert outcome.code == 1, outcome
        assert "stack.json is damaged" in outcome.err
        assert "steward down --purge" in outcome.err
    assert project.steward("down", "--purge").code == 0
    assert not project.pids() & left
    assert not project.state.exists()


def test_a_file_where_a_folder_should_be_is_explained(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    project.state.mkdir()
    (project.state / "logs").write_text("")
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert f"{project.state.resolve() / 'logs'} is a file" in outcome.err


def test_a_folder_of_the_users_is_not_taken_for_state(project: "Project", free_port: Callable[[], int]) -> None:
    project.catalogue(f"daemon('api', {free_port()})")
    project.state.mkdir()
    (project.state / "thesis.txt").write_text("mine")
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert "holds other things" in outcome.err
    assert project.steward("down", "--purge").code == 0
    assert (project.state / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "fast"])
def test_a_scale_that_is_no_positive_number_is_a_usage_error(project: "Project", scale: str) -> None:
    project.catalogue("script('api', 'pass')")
    outcome = project.steward("up", "--scale", scale)
    assert outcome.code == 2
    assert "--scale" in outcome.err


def test_a_program_that_may_not_be_run_is_one_message(project: "Project") -> None:
    project.catalogue("Service('tool', 'Tool', native=Native(Program('no-such-tool', 'tools', (1,))))")
    outcome = project.steward("up", "--detach")
    assert outcome.code == 1
    assert "no-such-tool" in outcome.err
    assert "Traceback" not in outcome.err


def test_secrets_are_closed_files_and_nowhere_else(project: "Project", free_port: Callable[[], int]) -> None:
    project.environ["THE_TOKEN"] = "from-the-environment"
    secrets = "(Secret('made', 'MADE'), Secret('given', 'THE_TOKEN'), Secret('absent', 'ABSENT', generated=False))"
    project.catalogue(f"daemon('api', {free_port()}, secrets={secrets})")
    project.up()
    folder = project.state / "secrets" / "api"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "made": 0o600,
        "given": 0o600,
    }
    made = (folder / "made").read_text()
    assert (folder / "given").read_text() == "from-the-environment"
    pid = project.service("api")["pid"]
    assert b"from-the-environment" not in Path(f"/proc/{pid}/environ").read_bytes()
    for path in project.state.rglob("*"):
        if path.is_file() and "secrets" not in path.parts:
            assert made not in path.read_text(errors="replace")
    project.steward("down")
    project.up()
    assert (folder / "made").read_text() == made


def test_status_is_json_also_when_nothing_runs(project: "Project") -> None:
    project.catalogue("script('api', 'pass')")
    outcome = project.steward("status", "--json")
    assert outcome.code == 3
    assert json.loads(outcome.out) == {"running": False, "healthy": False, "supervisor": None, "services": []}
