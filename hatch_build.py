"""Builds the console's scripts and packs them: a wheel needs neither Node.js nor npm where it is installed.

A source distribution holds them, too, so that a wheel made of it takes them as they are.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontendHook(BuildHookInterface[Any]):
    """Hatch's hook; hatchling finds it here by pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not current, and have it packed though git ignores it; raises what says how to mend it."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from steward.stack import frontend
            from steward.stack.errors import StackError
        finally:
            sys.path.remove(str(root / "src"))
        try:
            frontend.ensure(frontend.Frontend(root), root / ".steward/node", allowed=True, step=self._step)
        except StackError as error:
            raise SystemExit(f"{error.what}\n{error.mend}") from None
        build_data["artifacts"].append(f"/{frontend.BUILT.as_posix()}/")

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self.app.display_waiting(title)
        yield
