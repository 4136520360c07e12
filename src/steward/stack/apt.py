"""Debian's packages: installed by root, or unpacked into a folder by anybody.

Nothing here decides which packages; see `packages`.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from steward.stack import quiet
from steward.stack.uninterrupted import CommandFailed, Signals, run, signals_wait

_INSTALLS = re.compile(r"^Inst (?P<name>\S+) (?P<installed>\[\S+\] )?\(", re.MULTILINE)
_ERROR = re.compile(r"^(?:E: |W: Failed to fetch ).*", re.MULTILINE)
_LOCK_SECONDS = 300
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

    Must run alone. A signal to end waits until dpkg has finished what it has begun. Raises AptFailed.
    """
    with signals_wait() as signals, quiet.services_stay_stopped(host):
        quiet.forbid_main_cluster(host)
        apt = _Apt(log, signals)
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
    with signals_wait() as signals:
        scratch = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            archives = _download(packages, scratch, log, signals, step)
            with step(f"unpacking {len(archives)} packages into {folder}"):
                for archive in archives:
                    _run(("dpkg-deb", "-x", str(archive), str(scratch / "tree")), log, signals)
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
    signals: Signals
    options: tuple[str, ...] = ()

    def run(self, command: str, *arguments: str) -> str:
        fixed = ("-y", "-q", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={_LOCK_SECONDS}")
        return _run(("apt-get", *fixed, *self.options, command, *arguments), self.log, self.signals)

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


def _download(packages: Sequence[str], scratch: Path, log: Path, signals: Signals, step: Step) -> list[Path]:
    """Fetch packages and what they need; with lists of our own where the system's do not do."""
    archives, lists = scratch / "archives", scratch / "lists"
    for needed in (archives / "partial", lists / "partial", scratch / "tree"):
        needed.mkdir(parents=True)
    # Nothing is installed, so dpkg's lock, which only root may take, is not needed.
    places = ("Debug::NoLocking=true", f"Dir::Cache={scratch}", f"Dir::Cache::archives={archives}")
    options = tuple(word for place in places for word in ("-o", place))
    try:
        apt = _Apt(log, signals, options)
        _fetch(apt, packages, apt.simulate(packages), step)
    except AptFailed:
        apt = _Apt(log, signals, (*options, "-o", f"Dir::State::lists={lists}"))
        _fetch(apt, packages, _simulate_afresh(apt, packages, step), step)
    return sorted(archives.glob("*.deb"))


def _fetch(apt: _Apt, packages: Sequence[str], plan: _Plan, step: Step) -> None:
    with step(_title("downloading", packages, plan)):
        apt.run("install", "--download-only", *packages)


def _replace(folder: Path, scratch: Path) -> None:
    if folder.exists():
        folder.rename(scratch / "replaced")
    (scratch / "tree").rename(folder)


def _run(command: Sequence[str], log: Path, signals: Signals) -> str:
    """Run a command and return what it said; raises AptFailed with the errors in that."""
    try:
        return run(command, log, signals, os.environ | _ENVIRONMENT)
    except CommandFailed as failure:
        why = _errors(failure.said) or failure
        raise AptFailed(f"{command[0]} failed ({why}; all that it said is in {log})") from None


def _errors(said: str) -> str:
    return "; ".join(list(dict.fromkeys(error.strip() for error in _ERROR.findall(said)))[:2])


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
