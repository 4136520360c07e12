"""The template of the route that a request matched, e.g. `/wallets/{wallet_id}`.

Starlette leaves the matched route in the ASGI scope. Three things are missing there, and are found here: the
prefix of a FastAPI router included elsewhere, the templates of the mounts on the way, and the route itself where
FastAPI hands over to a plain Starlette route or a middleware copied the scope or answered before any routing.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from starlette.routing import BaseRoute, Host, Match, Mount
from starlette.types import Scope

UNMATCHED = "__unmatched__"
"""Stands for every path that is no route's, so that strangers cannot make series."""

_REMEMBERED = 1024


class _Candidate(Protocol):
    """What can be asked whether it matches: a route, or FastAPI's context of an included one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]: ...


class RouteTemplates:
    """Finds templates, and remembers those behind mounts, which take a walk through the routes."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], str] = {}

    def of(self, scope: Scope) -> str:
        """Return the template for a scope that the application has been called with."""
        leaf = _leaf(scope)
        if leaf is not None and "app_root_path" in scope:
            return self._behind_mounts(leaf, scope)
        template = getattr(leaf, "path_format", None)
        if isinstance(template, str):
            return template
        if "router" in scope and "endpoint" not in scope:
            return UNMATCHED
        return _search(scope)

    def _behind_mounts(self, leaf: object, scope: Scope) -> str:
        # By identity: routes live as long as their application, and are not hashable.
        key = (id(leaf), scope["root_path"])
        template = self._found.get(key)
        if template is None:
            template = _search(scope)
            if len(self._found) < _REMEMBERED:
                self._found[key] = template
        return template


def _leaf(scope: Scope) -> object | None:
    """Return the route that answers, or FastAPI's context of one that was included; None where it is not known."""
    route = scope.get("route")
    if route is None or isinstance(route, Mount | Host):
        return None
    context = scope.get("fastapi", {}).get("effective_route_context")
    if context is not None and context.original_route is route:
        return context  # type: ignore[no-any-return]
    return route  # type: ignore[no-any-return]


def _search(scope: Scope) -> str:
    return _find(_routes(scope), _as_received(scope))


def _routes(scope: Scope) -> Iterable[BaseRoute]:
    outermost = scope.get("router") or scope.get("app")
    return getattr(outermost, "routes", ())


def _as_received(scope: Scope) -> Scope:
    """Return the scope as the outermost router got it, before any mount took its part of the path."""
    root = scope.get("app_root_path", scope.get("root_path", ""))
    return {
        "type": "http",
        "method": scope["method"],
        "path": scope["path"],
        "headers": scope.get("headers", []),
        "root_path": root,
    }


def _find(routes: Iterable[BaseRoute], scope: Scope) -> str:
    """Match again, as the routers do: the first full match, else the first that only the method speaks against."""
    partial: str | None = None
    for candidate in _candidates(routes):
        match, child = candidate.matches(dict(scope))
        if match is Match.FULL:
            return _template(candidate, {**scope, **child})
        if match is Match.PARTIAL and partial is None:
            partial = _template(candidate, {**scope, **child})
    return partial or UNMATCHED


def _candidates(routes: Iterable[BaseRoute]) -> Iterator[_Candidate]:
    for route in routes:
        included = getattr(route, "effective_route_contexts", None)
        if included is None:
            yield route
            continue
        for context in included():
            yield getattr(context, "starlette_route", None) or context


def _template(candidate: _Candidate, scope: Scope) -> str:
    if not isinstance(candidate, Mount | Host):
        template = getattr(candidate, "path_format", None)
        return template if isinstance(template, str) and template else UNMATCHED
    prefix = candidate.path if isinstance(candidate, Mount) else ""
    if candidate.routes:
        inner = _find(candidate.routes, scope)
        return inner if inner == UNMATCHED else prefix + inner
    return candidate.path_format if isinstance(candidate, Mount) else UNMATCHED
