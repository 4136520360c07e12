import os
import subprocess
import sys

import pytest

from steward.stack import processes
from steward.stack.record import Leader, Phase, Record, ServiceRecord, Stage
from steward.stack.report import as_it_is

ME = Leader(os.getpid(), processes.identity(os.getpid()) or "")


def seen(state: Phase, leader: Leader | None) -> Phase:
    service = ServiceRecord("api", "API", state, leader, {}, None, restarts=0, since=0.0, log="")
    return as_it_is(Record(ME, Stage.UP, (service,))).services[0].state


@pytest.fixture
def dead() -> Leader:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        return Leader(process.pid, processes.identity(process.pid) or "")


def test_a_living_process_is_as_it_was_written() -> None:
    assert seen(Phase.READY, ME) is Phase.READY


def test_a_service_whose_process_has_ended_is_not_shown_as_ready(dead: Leader) -> None:
    assert seen(Phase.READY, dead) is Phase.GONE
    assert not Phase.GONE.healthy


def test_a_oneshot_that_is_done_has_no_process() -> None:
    assert seen(Phase.DONE, None) is Phase.DONE


def test_what_is_known_to_be_unwell_keeps_its_state(dead: Leader) -> None:
    assert seen(Phase.CRASH_LOOPING, dead) is Phase.CRASH_LOOPING
