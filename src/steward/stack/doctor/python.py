"""Checks the Python that runs us, and the packages it was given."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from steward.model import PYTHON
from steward.stack.doctor.check import Check, fail, ok, warn
from steward.stack.programs import dotted
from steward.stack.state import closed_to_others

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?P<marker> *;)?", re.MULTILINE)
_AGAIN = "Call ./steward in the project: it installs requirements/runtime.txt again. Or remove .venv first."


def check_interpreter() -> Iterator[Check]:
    """Check its version, and that root's services can run it as other users."""
    path = Path(sys.executable)
    found = f"{dotted(sys.version_info[:3])}, {path}"
    if sys.version_info < PYTHON.at_least:
        mend = "Remove .venv, and set STEWARD_PYTHON to a newer one for the next call."
        yield fail("python", f"{found}: {dotted(PYTHON.at_least)} or newer is needed", mend)
    elif os.geteuid() == 0 and (closed := closed_to_others(path.resolve().parent)):
        mend = "Remove .venv, and set STEWARD_PYTHON=/usr/bin/python3 for the next call."
        yield warn("python", f"{found}: users whom services run as cannot enter {closed}", mend)
    else:
        yield ok("python", found)


def check_packages(project: Path) -> Iterator[Check]:
    """Check that the packages of the lock file are there, in its versions."""
    lock = project / "requirements" / "runtime.txt"
    if not lock.is_file():
        yield fail("packages", f"{lock} is missing", "Take a complete copy of the project.")
        return
    pins = list(_PIN.finditer(lock.read_text()))
    wrong = list(_differences((pin["name"], pin["version"], bool(pin["marker"])) for pin in pins))
    if wrong:
        yield fail("packages", f"not as in {lock}: {', '.join(wrong)}", _AGAIN)
    else:
        yield ok("packages", f"{len(pins)} as in requirements/runtime.txt")


def _differences(pins: Iterable[tuple[str, str, bool]]) -> Iterator[str]:
    for name, locked, conditional in pins:
        try:
            installed = version(name)
        except PackageNotFoundError:
            # A package with a condition may be for another system or Python.
            if not conditional:
                yield f"{name} is missing"
            continue
        if installed != locked:
            yield f"{name} is {installed}, not {locked}"
