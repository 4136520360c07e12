"""Files and folders of the state folder: written whole or not at all, and every refusal explained."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from steward.stack.account import Account
from steward.stack.errors import StateUnusable


def write_atomically(path: Path, content: bytes, *, mode: int = 0o644, owner: Account | None = None) -> None:
    """Replace the file at `path`, so that a reader sees the old content or the new, never half of it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            if owner and not owner.is_caller:
                os.fchown(file.fileno(), owner.uid, owner.gid)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def make_folder(path: Path, mode: int) -> None:
    """Make sure that `path` is a folder with exactly this mode, whatever the umask; raises StateUnusable."""
    with explained(path):
        path.mkdir(parents=True, exist_ok=True)
        if path.stat().st_uid == os.geteuid() or os.geteuid() == 0:
            path.chmod(mode)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system refuses for `path` into StateUnusable."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        place = error.filename or path
        raise StateUnusable(
            f"{place} is a file where the stack needs a folder",
            mend="move it away; `steward down --purge` makes a clean start",
        ) from None
    except OSError as error:
        place = error.filename or path
        raise StateUnusable(
            f"{place}: {error.strerror or error}",
            mend="the state folder must be writable for you; STEWARD_STATE names another place for it",
        ) from None
