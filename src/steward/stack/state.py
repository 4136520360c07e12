"""The state folder: everything the stack keeps between two commands, in one place.

| below it | holds |
|---|---|
| `run/` | `lock`, `stack.json`, and a folder for the sockets of each service |
| `logs/` | `SERVICE.log` and `supervisor.log` |
| `data/SERVICE/` | what a service keeps |
| `config/SERVICE/` | what a service reads, compiled anew at each start |
| `secrets/SERVICE/` | the secrets it is given, readable for its user only |
| `root/` | packages that were unpacked instead of installed |
| `node/` | Node.js, where the machine has none |

It is `.steward` in the project unless STEWARD_STATE names another folder. Root's servers run as other users, who
cannot enter a project below a closed folder such as /root: then `.steward` is a link to a folder in /var/lib.
"""

import hashlib
import logging
import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steward.stack.account import user_name
from steward.stack.errors import StateUnusable
from steward.stack.files import explained, make_folder

LINK = ".steward"
"""The state folder's name in a project."""
VARIABLE = "STEWARD_STATE"
ELSEWHERE = Path("/var/lib/steward")
"""Where root's state goes when other users cannot enter the project."""

_log = logging.getLogger(__name__)

_FOLDERS = ("run", "logs", "data", "config", "secrets", "root", "node")
_MARK = ".steward-state"
"""A file that says whose folder this is, so that nothing else is ever purged."""
_FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class State:
    """The places in one state folder; making this value touches nothing."""

    root: Path

    @property
    def run(self) -> Path:
        """Return the folder of what is lost at a stop."""
        return self.root / "run"

    @property
    def lock(self) -> Path:
        """Return the file that a living supervisor holds."""
        return self.run / "lock"

    @property
    def record(self) -> Path:
        """Return the file in which a supervisor says what runs."""
        return self.run / "stack.json"

    @property
    def logs(self) -> Path:
        """Return the folder of the logs."""
        return self.root / "logs"

    def log(self, name: str) -> Path:
        """Return the log of a service, or of `supervisor`."""
        return self.logs / f"{name}.log"

    @property
    def data(self) -> Path:
        """Return the folder of what services keep."""
        return self.root / "data"

    @property
    def config(self) -> Path:
        """Return the folder of what services read."""
        return self.root / "config"

    @property
    def secrets(self) -> Path:
        """Return the folder of the secrets."""
        return self.root / "secrets"

    @property
    def unpacked(self) -> Path:
        """Return the folder of unpacked packages."""
        return self.root / "root"

    @property
    def tools(self) -> Path:
        """Return the folder of a Node.js of our own."""
        return self.root / "node"


def locate(project: Path, environ: Mapping[str, str]) -> State:
    """Return the project's state folder, which need not exist."""
    chosen = environ.get(VARIABLE)
    return State((Path(chosen).expanduser() if chosen else project / LINK).resolve())


def prepare(project: Path, environ: Mapping[str, str], *, shared: bool) -> State:
    """Make sure that the project's state folder can be used, and return it.

    `shared` says that servers run by other users must enter it. Raises StateUnusable.
    """
    chosen = environ.get(VARIABLE)
    if shared and not chosen:
        _move_where_others_enter(project)
    state = locate(project, environ)
    if chosen:
        _refuse_foreign(state.root)
    make_folder(state.root, _mode(shared))
    _require_owner(state.root)
    if shared and (closed := closed_to_others(state.root)):
        raise StateUnusable(
            f"{state.root}: the users whom servers run as cannot enter {closed}",
            mend=f"set {VARIABLE} to a folder that everybody can enter, or: chmod o+x {closed}",
        )
    require_space(state.root, free_bytes(state.root))
    for folder in (state.run, state.logs, state.data, state.config, state.secrets):
        make_folder(folder, _mode(shared))
        _require_writable(folder)
    with explained(state.root):
        (state.root / _MARK).write_text("Kept by steward; `steward down --purge` removes this folder.\n")
    return state


def remains(state: State) -> bool:
    """Tell whether there is anything to purge."""
    return state.root.exists()


def purge(project: Path, state: State) -> None:
    """Remove the state folder; what is not of the stack's making in a folder of the user's choice stays."""
    with explained(state.root):
        for name in (*_FOLDERS, _MARK):
            _remove(state.root / name)
        if state.root == (project / LINK).resolve():
            shutil.rmtree(state.root, ignore_errors=True)
        elif state.root.is_dir() and not any(state.root.iterdir()):
            state.root.rmdir()
        if (project / LINK).is_symlink() and not state.root.exists():
            (project / LINK).unlink()
        if state.root.parent == ELSEWHERE and not any(ELSEWHERE.iterdir()):
            ELSEWHERE.rmdir()


def closed_to_others(folder: Path) -> Path | None:
    """Return the outermost folder on the way to `folder` that other users cannot enter, if there is one."""
    for place in (*reversed(folder.parents), folder):
        if place.exists() and not place.stat().st_mode & stat.S_IXOTH:
            return place
    return None


def free_bytes(folder: Path) -> int:
    """Return how much the calling user may still write on the folder's disk."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def require_space(folder: Path, free: int) -> None:
    """Raise StateUnusable when `free` bytes do not suffice to run the stack."""
    if free < _FREE_BYTES:
        raise StateUnusable(
            f"{folder}: only {free // 1024**2} MB are free on its disk; the stack needs {_FREE_BYTES // 1024**2}",
            mend=f"free some space, or set {VARIABLE} to a folder on another disk",
        )


def _move_where_others_enter(project: Path) -> None:
    link = project / LINK
    if link.is_symlink():
        make_folder(link.resolve(), 0o755)
    elif closed_to_others(project):
        target = elsewhere(project)
        with explained(target):
            make_folder(target.parent, 0o755)
            if link.is_dir() and not target.exists():
                shutil.move(link, target)
            make_folder(target, 0o755)
            link.symlink_to(target)
        _log.warning(
            "other users cannot enter %s, so the state folder is %s, and %s a link to it", project, target, LINK
        )


def elsewhere(project: Path) -> Path:
    """Return the folder for the state of a project that other users cannot enter; no two projects share one."""
    digest = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:8]
    return ELSEWHERE / f"{project.resolve().name}-{digest}"


def _mode(shared: bool) -> int:
    return 0o755 if shared else 0o700


def _refuse_foreign(folder: Path) -> None:
    """Keep a slip of the user's in STEWARD_STATE from making a home folder the stack's, to be purged."""
    if not folder.is_dir():
        return
    with explained(folder):
        names = {entry.name for entry in folder.iterdir()}
    if names and _MARK not in names and not names <= set(_FOLDERS):
        raise StateUnusable(
            f"{folder} holds other things than the stack's state",
            mend=f"set {VARIABLE} to a new or empty folder",
        )


def _require_owner(folder: Path) -> None:
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise StateUnusable(
            f"{folder} belongs to {user_name(owner)}, and you are {user_name(os.geteuid())}",
            mend=f"run steward as {user_name(owner)}, or set {VARIABLE} to a folder of your own",
        )


def _require_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StateUnusable(
            f"{folder}, which belongs to {user_name(folder.stat().st_uid)}, is not writable for you",
            mend=f"give it back (chown), or set {VARIABLE} to another folder",
        )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
