"""Processes that carry no mark, as PostgreSQL's do not: found by the record alone."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from steward.stack import leftovers, processes
from steward.stack.record import Leader, Phase, Record, ServiceRecord, Stage
from steward.stack.state import State


@pytest.fixture
def left() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo; wait"], start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as leader:
        assert leader.stdout
        leader.stdout.readline()
        yield leader
        processes.send(leftovers.living(State(Path("/none")), record(leader.pid)), signal.SIGKILL)


def record(pid: int, identity: str | None = None) -> Record:
    leader = Leader(pid, identity or processes.identity(pid) or "")
    service = ServiceRecord("it", "It", Phase.READY, leader, {}, None, 0, 0.0, "", stop="SIGINT")
    return Record(Leader(1, ""), Stage.UP, (service,))


def test_a_recorded_leader_and_its_family_are_found_and_ended(
    left: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    written = record(left.pid)
    found = leftovers.living(State(tmp_path), written)
    assert left.pid in found
    assert len(found) == 2
    assert leftovers.end(State(tmp_path), written) == 2
    assert leftovers.living(State(tmp_path), written) == set()


def test_what_has_the_number_of_a_recorded_leader_by_chance_is_left_alone(
    left: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    assert leftovers.end(State(tmp_path), record(left.pid, "an earlier start of the machine:1")) == 0
    assert left.poll() is None


def test_without_a_record_there_is_nothing_to_end(tmp_path: Path) -> None:
    assert leftovers.end(State(tmp_path), None) == 0
