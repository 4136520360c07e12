"""Starts one child after another has ended, while what that one left is swept; says which processes live then.

A program of its own, because sweeping ends every orphan of the process that does it.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from steward.model import PYTHON, Native, Service
from steward.stack import processes
from steward.stack.account import caller
from steward.stack.child import Child, adopt_orphans
from steward.stack.programs import find
from steward.stack.site import Site
from steward.stack.state import prepare

_LEADER = """
sleep 60 & echo $! >> "$0"
setsid sleep 60 & echo $! >> "$0"
wait
"""


def site(folder: Path) -> Site:
    native = Native(PYTHON)
    state = prepare(folder, {}, shared=False)
    (state.data / "it").mkdir(exist_ok=True)
    service = Service("it", "It", native=native)
    return Site(
        service, native, find(PYTHON, None), caller(), state, {}, {}, {}, dict(os.environ), state.run, folder
    )


def await_lines(path: Path, count: int) -> None:
    while not path.exists() or len(path.read_text().split()) < count:
        time.sleep(0.02)


async def main(folder: Path) -> None:
    adopt_orphans()
    left = folder / "left"
    place = site(folder)
    ended = Child(place, ("sh", "-c", _LEADER, str(left)))
    await_lines(left, 2)
    ended.send(signal.SIGKILL)
    await ended.wait()
    later: list[Child] = []

    def leaders() -> set[int]:
        later.append(Child(place, ("sleep", "60")))
        return {child.pid for child in later}

    await ended.sweep(leaders)
    alive = processes.table().keys()
    swept = [int(pid) in alive for pid in left.read_text().split()]
    kept = [processes.identity(child.pid) is not None for child in later]
    for child in later:
        child.send(signal.SIGKILL)
        await child.wait()
    sys.stdout.write(json.dumps({"left": swept, "later": kept}))


asyncio.run(main(Path(sys.argv[1])))
