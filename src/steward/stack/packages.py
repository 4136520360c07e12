"""Sees to it that the programs of a catalogue are there: installed by root, unpacked by anybody else.

Both take the same Debian packages, and only those whose programs are missing or too old. Root installs, because
servers then run as the users that the packages make.
"""

import os
import shlex
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from steward.model import PYTHON, Catalogue, Program
from steward.stack import apt, quiet
from steward.stack.errors import ProgramMissing, ProgramTooOld
from steward.stack.files import explained
from steward.stack.programs import Found, Looked, dotted, find_all, search_path
from steward.stack.relocate import relocate
from steward.stack.state import State

Step = apt.Step

_ROOT_LOG = Path("/var/log/steward-install.log")
"""Not in the state folder, which may be another user's."""


def silently(_title: str) -> AbstractContextManager[None]:
    """Show nothing of a step."""
    return nullcontext()


def programs_of(catalogue: Catalogue) -> tuple[Program, ...]:
    """Return the programs that the catalogue's services run, each once, without the Python that runs us."""
    natives = (service.native for service in catalogue.services if service.native)
    return tuple(dict.fromkeys(native.program for native in natives if native.program != PYTHON))


def ensure(
    catalogue: Catalogue,
    state: State,
    *,
    also: Iterable[Program] = (),
    allowed: bool = True,
    step: Step = silently,
) -> dict[Program, Found]:
    """Return every program of the catalogue, and those of `also`, after bringing those that are missing.

    `allowed` False forbids to install or unpack anything. The state folder need not exist. Raises ProgramMissing,
    or ProgramTooOld, naming all that are lacking and how to get them.
    """
    wanted = tuple(dict.fromkeys((*programs_of(catalogue), *also)))
    looked = _look(wanted, state)
    if lacking := _lacking(looked):
        if not allowed:
            raise _refusal(lacking, state, "and installing is forbidden")
        if not apt.is_available():
            raise _refusal(lacking, state, "and there is no apt-get to bring them")
        try:
            looked = _bring(wanted, state, step)
        except apt.AptFailed as failure:
            raise _refusal(lacking, state, f"and {failure}") from None
        if lacking := _lacking(looked):
            raise _refusal(lacking, state, "and this machine's packages do not bring them")
    return {program: found for program, found in looked.items() if isinstance(found, Found)}


def _bring(wanted: Iterable[Program], state: State, step: Step) -> Mapping[Program, Looked]:
    """Install or unpack what is lacking, and look again; another process may have done it meanwhile."""
    if _is_root():
        with apt.alone(quiet.HOST.policy.parent, step):
            if lacking := _lacking(_look(wanted, state)):
                apt.install(_packages(lacking), _ROOT_LOG, step)
    else:
        with explained(state.root):
            state.root.mkdir(parents=True, exist_ok=True)
            with apt.alone(state.root, step):
                if _lacking(_look(wanted, state)):
                    # All that are not installed: the folder is replaced as a whole.
                    absent = _lacking(find_all(wanted, None))
                    finish = partial(relocate, absent)
                    apt.unpack(_packages(absent), state.unpacked, state.log("install"), step, finish)
    return _look(wanted, state)


def _is_root() -> bool:
    return os.geteuid() == 0


def _look(wanted: Iterable[Program], state: State) -> Mapping[Program, Looked]:
    """Look for programs; as root only for installed ones, because unpacking makes no users."""
    return find_all(wanted, None if _is_root() else state.unpacked)


def _lacking(looked: Mapping[Program, Looked]) -> dict[Program, ProgramMissing | ProgramTooOld]:
    return {program: error for program, error in looked.items() if not isinstance(error, Found)}


def _packages(lacking: Iterable[Program]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(program.package for program in lacking))


def _refusal(
    lacking: Mapping[Program, ProgramMissing | ProgramTooOld], state: State, why: str
) -> ProgramMissing | ProgramTooOld:
    kind = ProgramTooOld if all(isinstance(error, ProgramTooOld) for error in lacking.values()) else ProgramMissing
    folders = [str(folder) for folder in search_path()]
    folders += [pattern for program in lacking for pattern in program.folders]
    lines = [f"programs are {'too old' if kind is ProgramTooOld else 'missing'}, {why}:"]
    for program, error in lacking.items():
        lines.append(
            f"  {program.name} {dotted(program.at_least)} or newer, of Debian's package {program.package}"
        )
        if isinstance(error, ProgramTooOld):
            lines.append(f"    {error.what}")
    lines.append(f"  looked for in {', '.join(folders)} and {state.unpacked}")
    command = shlex.join(["apt-get", "install", *_packages(lacking)])
    return kind(
        "\n".join(lines), mend=f"on Debian or Ubuntu, as root: {command}\nelsewhere: put the programs on PATH"
    )
