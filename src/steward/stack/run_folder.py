"""The folder for a service's sockets and other things that are lost at a stop.

The name of a Unix socket has at most 107 bytes. Where the state folder lies too deep for that, the service's
folder is a link to one with a short name in /tmp.
"""

import shutil
import tempfile
from pathlib import Path

from steward.model import Service
from steward.stack.account import Account, hand_over
from steward.stack.files import explained, make_folder
from steward.stack.state import State

_LONGEST = 107 - len("/.s.PGSQL.65535.lock") - 8
"""Of a folder that still leaves room for the names of sockets."""
_SHORT = Path("/tmp")  # noqa: S108 - mkdtemp makes a folder in it that is ours alone


def make(state: State, service: Service, account: Account) -> Path:
    """Return the service's folder, new and its user's own."""
    place = state.run / service.name
    remove(state, service)
    with explained(place):
        if len(str(place).encode()) <= _LONGEST:
            make_folder(place, 0o700)
            folder = place
        else:
            folder = Path(tempfile.mkdtemp(prefix=f"steward-{service.name[:16]}-", dir=_SHORT))
            place.symlink_to(folder)
        hand_over(folder, account)
    return folder


def clear(folder: Path) -> None:
    """Remove what an earlier run has left in the folder."""
    with explained(folder):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def remove(state: State, service: Service) -> None:
    """Remove the service's folder, wherever it is."""
    place = state.run / service.name
    with explained(place):
        if place.is_symlink():
            if place.readlink().parent == _SHORT:
                shutil.rmtree(place.readlink(), ignore_errors=True)
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
