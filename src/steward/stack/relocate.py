"""Makes an unpacked program read its files where they were unpacked.

Debian builds some programs with the path of a folder in them, e.g. Alertmanager with that of its templates, and
with no argument that names another. In an unpacked copy that path is replaced by one of the same length that means
"the folder I was started in", and a few lines of sh start it in the right one. The stack's arguments are absolute
paths, so it matters to nothing else where a program is started.
"""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from steward.model import Program
from steward.stack.programs import UNPACKED_MARK, unpacked_places

_SUFFIX = ".real"
_START = """\
#!/bin/sh
# Written by steward, which has changed {program} to look for its files in the folder it is started in.
here=$(CDPATH='' cd -- "${{0%/*}}" && pwd) && cd -- "$here"/{folder} && exec "$here"/{program} "$@"
"""


def relocate(programs: Iterable[Program], root: Path) -> None:
    """Change the programs below `root` that need it, and mark it; the folder may be moved afterwards."""
    (root / UNPACKED_MARK).touch()
    for program in programs:
        if program.built_for:
            for path in unpacked_places(program, root):
                _relocate(path, program.built_for, root)


def here(length: int) -> bytes:
    """Return a path of this many characters that means the present folder."""
    return (b"./" * length)[:length]


def _relocate(path: Path, built_for: str, root: Path) -> None:
    content, old = path.read_bytes(), built_for.encode()
    if old not in content:
        return
    real = path.with_name(path.name + _SUFFIX)
    real.write_bytes(content.replace(old, here(len(old))))
    real.chmod(0o755)
    folder = os.path.relpath(root / built_for.lstrip("/"), path.parent)
    path.unlink()
    path.write_text(_START.format(program=shlex.quote(real.name), folder=shlex.quote(folder)))
    path.chmod(0o755)
