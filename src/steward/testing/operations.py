"""What the on-call application answers, and the role that each of its operations asks for."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from steward.oncall.domain.states import Role
from steward.oncall.web.access import ROLES


class Operation(NamedTuple):
    """A method on a path."""

    method: str
    template: str
    """The path with its parameters in braces."""
    role: Role | None
    """The least that may call it; None where no role is asked for."""

    @property
    def name(self) -> str:
        """As documents write it, e.g. `GET /healthz`."""
        return f"{self.method} {self.template}"

    @property
    def path(self) -> str:
        """A path to ask: each parameter is 1."""
        return re.sub(r"{[^}]*}", "1", self.template)


def operations(app: FastAPI) -> Iterator[Operation]:
    """Yield every operation, static files left out."""
    for route in iter_route_contexts(app.routes):
        if route.path == "/static":
            continue
        for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
            yield Operation(method, str(route.path), _role(getattr(route, "dependant", None)))


def _role(dependant: Any) -> Role | None:  # noqa: ANN401 - FastAPI's, which has no public name
    if dependant is None:
        return None
    asked = [ROLES.get(dependant.call), *(_role(one) for one in dependant.dependencies)]
    return next((role for role in asked if role is not None), None)
