"""Which methods a path takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from fastapi import FastAPI
from starlette.routing import compile_path


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods of each path; Starlette itself names those of the first route on a path only."""

    by_path: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, app: FastAPI) -> Self:
        """Read them off the operations of `app`."""
        paths = app.openapi()["paths"]
        return cls(
            tuple(
                (compile_path(path)[0], tuple(sorted(method.upper() for method in operations)))
                for path, operations in paths.items()
            )
        )

    def at(self, path: str) -> Sequence[str]:
        """Return the methods that `path` takes; GET alone for what is not described, as the documentation is."""
        for pattern, methods in self.by_path:
            if pattern.match(path):
                return methods
        return ("GET",)
