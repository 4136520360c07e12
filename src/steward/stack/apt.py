"""Debian's packages: installed by root, or unpacked into a folder by anybody.

Nothing here decides which packages; see `packages`.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Never

from steward.stack import quiet

_INSTALLS = re.compile(r"^Inst (?P<name>\S+) (?P<installed>\[\S+\] )?\(", re.MULTILINE)
_ERROR = re.compile(r"^(?:E: |Err:).*", re.MULTILINE)
_LOCK_SECONDS = 300
_END_SECONDS = 300.0
_ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C",
    # Ubuntu's needrestart would restart services that have nothing to do with us.
    "NEEDRESTART_SUSPEND": "1",
    # Configuration that is there already stays as it is.
    "UCF_FORCE_CONFFOLD": "1",
}

Step = Callable[[str], AbstractContextManager[None]]
"""Shows a step of some seconds: entered when it begins, left when it ends or fails."""


class AptFailed(Exception):
    """What apt-get or dpkg refused to do, in their own words."""


def is_available() -> bool:
    """Tell whether this machine has Debian's packages at all."""
    return all(shutil.which(program) for program in ("apt-get", "dpkg-deb"))


def install(packages: Sequence[str], log: Path, step: Step, host: quiet.Host = quiet.HOST) -> None:
    """Install packages as root, without letting them start services or make a database of their own.

    Must run alone. When it is interrupted, dpkg finishes what it has begun. Raises AptFailed.
    """
    with _signals_raise(), quiet.services_stay_stopped(host):
        quiet.forbid_main_cluster(host)
        apt = _Apt(log)
        try:
            _install(apt, packages, apt.simulate(packages), step)
        except AptFailed:
            _install(apt, packages, _simulate_afresh(apt, packages, step), step)


def unpack(
    packages: Sequence[str], folder: Path, log: Path, step: Step, finish: Callable[[Path], None] = lambda _: None
) -> None:
    """Unpack packages, and those they need that are not installed, so that `folder` holds them and nothing else.

    `folder` appears, or is replaced, at the end and as a whole, after `finish` was called with the place where it
    was put together. Must run alone. Raises AptFailed.
    """
    with _signals_raise():
        scratch = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            archives = _download(packages, scratch, log, step)
            with step(f"unpacking {len(archives)} packages into {folder}"):
                for archive in archives:
                    _run(("dpkg-deb", "-x", str(archive), str(scratch / "tree")), log)
            finish(scratch / "tree")
            _replace(folder, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an install would do."""

    packages: int
    """How many packages it would bring."""
    new: tuple[str, ...]
    """Those of which no older version is installed."""


@dataclass(frozen=True, slots=True)
class _Apt:
    """Calls of apt-get with the same options."""

    log: Path
    options: tuple[str, ...] = ()

    def run(self, command: str, *arguments: str) -> str:
        fixed = ("-y", "-q", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={_LOCK_SECONDS}")
        return _run(("apt-get", *fixed, *self.options, command, *arguments), self.log)

    def simulate(self, packages: Sequence[str]) -> _Plan:
        """Plan an install; raises AptFailed where a package is unknown, as in a new container without lists."""
        steps = list(_INSTALLS.finditer(self.run("install", "--simulate", *packages)))
        return _Plan(len(steps), tuple(step["name"] for step in steps if not step["installed"]))


def _simulate_afresh(apt: _Apt, packages: Sequence[str], step: Step) -> _Plan:
    with step("refreshing the lists of packages"):
        said = apt.run("update")
    try:
        return apt.simulate(packages)
    except AptFailed as failure:
        # apt-get calls it a success when it reaches no server.
        if errors := _errors(said):
            raise AptFailed(f"apt-get could not refresh the lists of packages ({errors})") from failure
        raise


def _install(apt: _Apt, packages: Sequence[str], plan: _Plan, step: Step) -> None:
    try:
        with step(_title("installing", packages, plan)):
            apt.run("install", *packages)
    finally:
        quiet.keep_from_boot(name for name in plan.new if name.startswith(tuple(packages)))


def _title(doing: str, packages: Sequence[str], plan: _Plan) -> str:
    return f"{doing} Debian's packages {', '.join(packages)} ({plan.packages} with what they need)"


def _download(packages: Sequence[str], scratch: Path, log: Path, step: Step) -> list[Path]:
    """Fetch packages and what they need; with lists of our own where the system's do not do."""
    archives, lists = scratch / "archives", scratch / "lists"
    for needed in (archives / "partial", lists / "partial", scratch / "tree"):
        needed.mkdir(parents=True)
    # Nothing is installed, so dpkg's lock, which only root may take, is not needed.
    places = ("Debug::NoLocking=true", f"Dir::Cache={scratch}", f"Dir::Cache::archives={archives}")
    options = tuple(word for place in places for word in ("-o", place))
    try:
        apt = _Apt(log, options)
        _fetch(apt, packages, apt.simulate(packages), step)
    except AptFailed:
        apt = _Apt(log, (*options, "-o", f"Dir::State::lists={lists}"))
        _fetch(apt, packages, _simulate_afresh(apt, packages, step), step)
    return sorted(archives.glob("*.deb"))


def _fetch(apt: _Apt, packages: Sequence[str], plan: _Plan, step: Step) -> None:
    with step(_title("downloading", packages, plan)):
        apt.run("install", "--download-only", *packages)


def _replace(folder: Path, scratch: Path) -> None:
    if folder.exists():
        folder.rename(scratch / "replaced")
    (scratch / "tree").rename(folder)


def _run(command: Sequence[str], log: Path) -> str:
    """Run a command to its end and return what it said, which the log keeps; raises AptFailed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") as output:
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        begin = output.tell()
        # A session of its own, so that Ctrl-C does not reach dpkg in the middle of a package.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | _ENVIRONMENT,
            start_new_session=True,
        )
        try:
            code = process.wait()
        except BaseException:
            # apt-get stops a download at once, and lets dpkg finish.
            process.send_signal(signal.SIGINT)
            process.wait(_END_SECONDS)
            raise
        output.seek(begin)
        said = output.read().decode(errors="replace")
    if code:
        raise AptFailed(_reason(command, said, code, log))
    return said


def _reason(command: Sequence[str], said: str, code: int, log: Path) -> str:
    return f"{command[0]} failed ({_errors(said) or f'exit code {code}'}; all that it said is in {log})"


def _errors(said: str) -> str:
    return "; ".join(list(dict.fromkeys(error.strip() for error in _ERROR.findall(said)))[:3])


@contextmanager
def alone(folder: Path, step: Step) -> Iterator[None]:
    """Hold a lock on a folder, which must exist; another process that holds it is waited for."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("waiting for another call that brings packages"):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Make the signals that end a process raise, so that what was put in place is taken away again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ends = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, _raise_exit) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise_exit(number: int, _frame: FrameType | None) -> Never:
    raise SystemExit(128 + number)
