"""Which methods a path takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods of each path; Starlette itself names those of the first route on a path only."""

    by_path: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, app: FastAPI) -> Self:
        """Read them off the routes of `app`."""
        found: dict[str, set[str]] = {}
        for route in iter_route_contexts(app.routes):
            if route.path is not None:
                found.setdefault(route.path, set()).update((route.methods or set()) - {"HEAD"})
        return cls(
            tuple((compile_path(path)[0], tuple(sorted(methods))) for path, methods in found.items() if methods)
        )

    def at(self, path: str) -> Sequence[str]:
        """Return the methods that `path` takes; GET alone for what no route names."""
        for pattern, methods in self.by_path:
            if pattern.match(path):
                return methods
        return ("GET",)
