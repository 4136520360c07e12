"""Finds the programs that the stack runs, and reads their versions.

A program comes from the folders its declaration names, from PATH, or from packages that were unpacked into a
folder of ours because nobody was root. The last kind lies where it was not built to lie, so `Found` also says how
to start it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from steward.model.service import PYTHON, Program
from steward.stack.errors import ProgramMissing, ProgramTooOld

_VERSION_SECONDS = 10.0
_SERVER_FOLDERS = ("/usr/local/sbin", "/usr/sbin")
"""Where servers lie, which an ordinary user's PATH leaves out."""
UNPACKED_MARK = ".unpacked-by-steward"
"""A file at the root of unpacked packages, by which it is known when its folders are on PATH."""
_UNPACKED_FOLDERS = ("usr/sbin", "usr/bin", "sbin", "bin")
_LIBRARY_FOLDERS = ("usr/lib/*-linux-*", "lib/*-linux-*", "usr/lib", "lib")
_DOTTED = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)")
_PLAIN = re.compile(r"(?:\s|=)v?(\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A program that can be started."""

    program: Program
    path: Path
    version: tuple[int, ...]
    root: Path | None = None
    """The folder its package was unpacked into; None when it is installed."""

    def environment(self) -> dict[str, str]:
        """Return the variables to start it with, besides the service's own."""
        return library_path(self.root) if self.root else {}

    def arguments(self) -> tuple[str, ...]:
        """Return the arguments that an unpacked program needs, to stand before the service's own."""
        if not self.root:
            return ()
        return tuple(argument.replace("{root}", str(self.root)) for argument in self.program.relocated)

    def sibling(self, name: str) -> Path:
        """Return another program of the same make, e.g. initdb for postgres; raises ProgramMissing.

        It is looked for beside this one, then where this one was unpacked, then on PATH.
        """
        folders = [self.path.parent, *(_unpacked_folders(self.root) if self.root else ()), *search_path()]
        for folder in folders:
            if is_program(folder / name):
                return folder / name
        raise ProgramMissing(f"{name} is missing, which belongs to {self.path}", mend=_mend(self.program))


def find(program: Program, unpacked: Path | None) -> Found:
    """Return `program` in the newest place that is new enough.

    `unpacked` is the folder for packages that were not installed, which need not exist; None leaves it out. Raises
    ProgramMissing or ProgramTooOld.
    """
    if program == PYTHON:
        return Found(program, Path(sys.executable), sys.version_info[:3])
    unfit: list[str] = []
    missing = True
    for path, root in _candidates(program, unpacked):
        version = read_version(path, program.version_flag, root)
        if version is None:
            unfit.append(f"{path} does not run")
        elif version < program.at_least:
            unfit.append(f"{path} is version {dotted(version)}")
            missing = False
        else:
            return Found(program, path, version, root)
    needed = f"{program.name} {dotted(program.at_least)} or newer"
    if missing:
        why = "; ".join(unfit) or "it is neither on PATH nor in the folders of its package"
        raise ProgramMissing(f"{needed} is missing: {why}", mend=_mend(program))
    raise ProgramTooOld(f"{needed} is needed, but {'; '.join(unfit)}", mend=_mend(program))


Looked = Found | ProgramMissing | ProgramTooOld
"""What became of looking for a program."""


def find_all(programs: Iterable[Program], unpacked: Path | None) -> dict[Program, Looked]:
    """Look for several programs at once; one that is missing or too old stands as its error."""

    def look(program: Program) -> Looked:
        try:
            return find(program, unpacked)
        except (ProgramMissing, ProgramTooOld) as error:
            return error

    wanted = tuple(dict.fromkeys(programs))
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(wanted, pool.map(look, wanted), strict=True))


def unpacked_places(program: Program, root: Path) -> Iterator[Path]:
    """Yield each executable file of the program's name below `root`, the best first."""
    for folder in (*_matches(root, program.folders), *_unpacked_folders(root)):
        if is_program(folder / program.name):
            yield folder / program.name


def search_path() -> tuple[Path, ...]:
    """Return the folders of PATH and those where servers lie, each once."""
    folders = (*os.get_exec_path(), *_SERVER_FOLDERS)
    return tuple(Path(folder) for folder in dict.fromkeys(folders) if Path(folder).is_absolute())


def is_program(path: Path) -> bool:
    """Tell whether `path` is a file that we may execute."""
    return _is_file(path) and os.access(path, os.X_OK)


def _is_file(path: Path) -> bool:
    """Tell whether `path` is a file; a folder that we may not enter holds none."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def library_path(root: Path) -> dict[str, str]:
    """Return the variable that makes programs under `root` find the libraries unpacked with them."""
    folders = [str(folder) for pattern in _LIBRARY_FOLDERS for folder in sorted(root.glob(pattern))]
    inherited = os.environ.get("LD_LIBRARY_PATH", "")
    return {"LD_LIBRARY_PATH": ":".join([*folders, *filter(None, [inherited])])}


def read_version(path: Path, flag: str = "--version", root: Path | None = None) -> tuple[int, ...] | None:
    """Return the version that the program at `path` prints; None when it does not run or prints none."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read_version(path, flag, root, stamp)


def parse_version(text: str) -> tuple[int, ...] | None:
    """Return the first version number in what a program printed, e.g. (2, 42, 0) of `version 2.42.0+ds`."""
    match = _DOTTED.search(text) or _PLAIN.search(text)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def dotted(version: tuple[int, ...]) -> str:
    """Write a version as people do."""
    return ".".join(str(part) for part in version)


@cache
def _read_version(path: Path, flag: str, root: Path | None, _stamp: int) -> tuple[int, ...] | None:
    try:
        finished = subprocess.run(
            [path, flag],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_VERSION_SECONDS,
            env=os.environ | (library_path(root) if root else {}),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(finished.stdout.decode(errors="replace")) if finished.returncode == 0 else None


def _candidates(program: Program, unpacked: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Yield each executable file of the program's name and, for an unpacked one, the root it lies under."""
    installed = (*_matches(Path("/"), program.folders), *search_path())
    for folder in dict.fromkeys(installed):
        if is_program(folder / program.name):
            yield folder / program.name, _root_of(folder)
    if not unpacked:
        return
    root = unpacked.resolve()
    for path in unpacked_places(program, root):
        yield path, root


def _root_of(folder: Path) -> Path | None:
    """Return the root of unpacked packages that a folder on PATH belongs to."""
    return next((parent for parent in folder.parents if _is_file(parent / UNPACKED_MARK)), None)


def _matches(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(root.glob(pattern.lstrip("/")), key=_numbers, reverse=True)


def _numbers(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))


def _unpacked_folders(root: Path) -> tuple[Path, ...]:
    return tuple(root / folder for folder in _UNPACKED_FOLDERS)


def _mend(program: Program) -> str:
    return (
        f"Debian's package {program.package} brings it: run `./steward install`, "
        f"or `apt-get install {program.package}` as root."
    )
