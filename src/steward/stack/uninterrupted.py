"""Runs commands that must not be cut off in the middle, such as a package manager's."""

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_POLL_SECONDS = 0.1


class CommandFailed(Exception):
    """A command ended with another code than 0."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.said = said
        """What it wrote, to stdout and stderr."""


class Interrupted(Exception):
    """A signal asks us to end."""


@dataclass(slots=True)
class Signals:
    """What came while signals wait."""

    received: int | None = None


@contextmanager
def signals_wait() -> Iterator[Signals]:
    """Let the signals that end us wait for the end of the block, so that it is left as it should be."""
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return

    def note(number: int, _frame: FrameType | None) -> None:
        signals.received = number

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield signals
    except Interrupted:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if signals.received:
        signal.raise_signal(signals.received)


def run(command: Sequence[str], log: Path, signals: Signals, environment: Mapping[str, str]) -> str:
    """Run a command to its end and return what it said, which the log keeps; raises CommandFailed.

    When a signal came, the command is interrupted, and Interrupted is raised once it has ended.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") as output:
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        begin = output.tell()
        # A session of its own, so that Ctrl-C does not reach the parts of the command, only us.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        code = _await_end(process, signals)
        output.seek(begin)
        said = output.read().decode(errors="replace")
    if code:
        raise CommandFailed(said, code)
    return said


def _await_end(process: "subprocess.Popen[bytes]", signals: Signals) -> int:
    """Return a process's exit code; raises Interrupted when a signal came, after the process has ended."""
    told = False
    while True:
        try:
            code = process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if signals.received and not told:
                # apt-get stops a download at once, and lets dpkg finish.
                process.send_signal(signal.SIGINT)
                told = True
            continue
        if signals.received:
            raise Interrupted
        return code
