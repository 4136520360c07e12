"""What the console's pages run in the browser: built from its sources where these have changed since.

It stands beside the package in a working copy, and nowhere else: an installed wheel holds what was built.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from steward.stack import node
from steward.stack.errors import BuildFailed
from steward.stack.node import Node, Step

BUILT = Path("src/steward/oncall/web/static/build")
"""Where it is built, below the working copy."""

_STAMP = ".stamp"
_PACKAGES = ("package.json", "package-lock.json", ".npmrc")
_HOW = ("build.mjs", "tsconfig.json")
_ASIDE = (".test.ts", ".table.json")


@dataclass(frozen=True, slots=True)
class Frontend:
    """The sources in a working copy, and what is made of them."""

    root: Path
    """The working copy."""

    @property
    def sources(self) -> Path:
        """Return the folder of the npm package."""
        return self.root / "frontend"

    @property
    def built(self) -> Path:
        """Return the folder that is served."""
        return self.root / BUILT

    def is_current(self) -> bool:
        """Tell whether what is built was made of the sources as they are."""
        return _read(self.built / _STAMP) == self._sum_of_sources()

    def has_packages(self) -> bool:
        """Tell whether the npm packages are those of the lock file."""
        return _read(self._modules / _STAMP) == self._sum_of_packages()

    def install(self, tool: Node) -> None:
        """Install the npm packages of the lock file; raises BuildFailed."""
        options = ("--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        tool.run_npm("npm ci", ("ci", *options), self.sources)
        _write(self._modules / _STAMP, self._sum_of_packages())

    def build(self, tool: Node) -> None:
        """Build what is served, and replace it whole; raises BuildFailed."""
        sources = self._sum_of_sources()
        tool.run("building the console's scripts", ("build.mjs",), self.sources)
        _write(self.built / _STAMP, sources)

    @property
    def _modules(self) -> Path:
        return self.sources / "node_modules"

    def _sum_of_packages(self) -> str:
        return _checksum(self.sources, [self.sources / name for name in _PACKAGES])

    def _sum_of_sources(self) -> str:
        written = (path for path in (self.sources / "src").rglob("*") if path.is_file())
        sources = sorted(path for path in written if not path.name.endswith(_ASIDE))
        return _checksum(self.sources, [self.sources / name for name in (*_PACKAGES, *_HOW)] + sources)


def beside_package() -> Frontend | None:
    """Return the frontend of the working copy that this package runs from; None where it is installed."""
    found = Frontend(Path(__file__).resolve().parents[3])
    return found if (found.sources / "package.json").is_file() else None


def ensure(frontend: Frontend, tools: Path, *, allowed: bool, step: Step) -> None:
    """Build the frontend where it is not current; `tools` is the folder into which Node.js is brought if need be.

    `allowed` False forbids to fetch anything; what is there already is used. One process builds at a time. Raises
    ProgramMissing and BuildFailed; what was built before stays in place then.
    """
    if frontend.is_current():
        return
    with _alone(frontend):
        if not frontend.is_current():
            tool = with_packages(frontend, tools, allowed=allowed, step=step)
            with step("building the console's scripts"):
                frontend.build(tool)


def with_packages(frontend: Frontend, tools: Path, *, allowed: bool, step: Step) -> Node:
    """Return a Node.js with the frontend's npm packages in place; raises ProgramMissing and BuildFailed."""
    tool = node.find(tools)
    if tool is None:
        if not allowed:
            raise node.missing("and fetching them is forbidden")
        tool = node.bring(frontend.root / "requirements/node.txt", tools, step)
    if not frontend.has_packages():
        if not allowed:
            raise BuildFailed(
                f"the npm packages in {frontend.sources} are missing or older than its lock file, and installing "
                "is forbidden",
                mend="call without --no-install once, or: cd frontend && npm ci",
            )
        with step("installing the console's npm packages"):
            frontend.install(tool)
    return tool


@contextmanager
def _alone(frontend: Frontend) -> Iterator[None]:
    """Wait until no other process builds the same; the lock is on a file that is there, and is never stale."""
    descriptor = os.open(frontend.sources / "package.json", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _checksum(folder: Path, paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.relative_to(folder)} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(f"{text}\n")
    except OSError as error:
        raise BuildFailed(f"{path}: {error.strerror}", mend="the working copy must be writable for you") from None
