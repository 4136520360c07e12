import os
import signal
import subprocess

from steward.stack import processes
from steward.stack.processes import Process


def process(pid: int, parent: int, session: int, *, dead: bool = False) -> Process:
    return Process(pid, parent, group=session, session=session, started=0, dead=dead)


def listed(*given: Process) -> dict[int, Process]:
    return {process.pid: process for process in given}


def pids(found: tuple[Process, ...]) -> set[int]:
    return {process.pid for process in found}


def test_a_family_is_the_session_and_the_descendants() -> None:
    table = listed(
        process(1, 0, 1),
        process(10, 1, 10),
        process(11, 10, 10),
        process(12, 11, 12),  # made a session of its own
        process(13, 1, 10),  # lost its parent
        process(14, 10, 10, dead=True),
        process(20, 1, 20),
    )
    assert pids(processes.family(table, 10)) == {10, 11, 12, 13}


def test_a_family_outlives_its_leader() -> None:
    assert pids(processes.family(listed(process(1, 0, 1), process(11, 1, 10)), 10)) == {11}


def test_orphans_are_children_that_nobody_started_here() -> None:
    table = listed(
        process(5, 1, 4),  # we ourselves
        process(6, 5, 4),  # a helper
        process(10, 5, 10),  # a leader
        process(11, 5, 10),  # lost its parent, and belongs to a living leader
        process(12, 5, 12),  # lost its parent, and its session's leader is gone or itself
    )
    assert pids(processes.orphans(table, 5, {10})) == {12}


def test_shared_memory_counts_once() -> None:
    ours = processes.table()[os.getpid()]
    once, twice = processes.resident([ours]), processes.resident([ours, ours])
    assert once < twice < 2 * once


def test_the_kernel_knows_us_and_a_child() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True, env={"A_MARK": "of ours"}) as child:
        try:
            table = processes.table()
            assert table[child.pid].parent == os.getpid()
            assert table[child.pid].session == child.pid
            assert processes.resident([table[os.getpid()]]) > 1_000_000
            assert processes.identity(child.pid) != processes.identity(os.getpid())
            assert processes.identity(child.pid) == processes.identity(child.pid)
            assert {1, os.getpid()} <= processes.lineage(table, child.pid)
            assert child.pid in processes.marked("A_MARK", "of ours")
            assert child.pid not in processes.marked("A_MARK", "of")
        finally:
            processes.send([child.pid], signal.SIGKILL)
    assert processes.identity(child.pid) is None
    processes.send([child.pid], signal.SIGKILL)
