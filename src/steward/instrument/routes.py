"""The template of the route that a request matched, e.g. `/wallets/{wallet_id}`.

Starlette leaves the matched route in the ASGI scope. Three things are missing there, and are found here: the
prefix of a FastAPI router included elsewhere, the templates of the mounts on the way, and the route itself where
FastAPI hands over to a plain Starlette route or a middleware copied the scope or answered before any routing. The
files that FastAPI serves as a frontend are no routes; their template is the frontend's place and `{path}`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from starlette.routing import BaseRoute, Host, Match, Mount
from starlette.types import Scope

UNMATCHED = "__unmatched__"
"""Stands for every path that is no route's, so that strangers cannot make series."""

_MISSES_REMEMBERED = 1024


class _Candidate(Protocol):
    """What can be asked whether it matches: a route, or FastAPI's context of an included one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]: ...


class RouteTemplates:
    """Finds templates; where that takes a walk through the routes, what it found is remembered for each route."""

    def __init__(self) -> None:
        self._index = _Index(None)

    def of(self, scope: Scope) -> str:
        """Return the template for a scope that the application has been called with."""
        if "app_root_path" not in scope:
            route = scope.get("route")
            included = scope.get("fastapi")
            if included:
                context = included.get("effective_route_context")
                if context is not None and context.original_route is route:
                    route = context
            template: str | None = getattr(route, "path_format", None)
            if template:
                return template
        if "endpoint" not in scope and "router" in scope:
            return _frontend(scope) or UNMATCHED
        return self._indexed(scope) or _search(scope)

    def _indexed(self, scope: Scope) -> str | None:
        """Return the template by the object that answers, where that leaves no doubt."""
        leaf = _leaf(scope)
        if leaf is None:
            return None
        router = _outermost(scope)
        if self._index.router is not router:
            self._index = _Index(router)
        return self._index.template(leaf, scope)


class _Place(NamedTuple):
    """Where a route is."""

    mounts: str
    """A regular expression of the part of the path that the mounts before it take away."""
    template: str
    """Of the whole path."""


class _Index:
    """The places of each route, by the identity of what a scope holds when it answers; routes have no hash."""

    def __init__(self, router: object) -> None:
        self.router = router
        self._places: dict[int, tuple[_Place, ...]] = {}
        self._kept: list[object] = []
        """Lest another object be given the identity of one of these."""
        self._missed = 0
        self._walk()

    def template(self, leaf: object, scope: Scope) -> str | None:
        """Return the template of `leaf`; None where several of its places would do, or none."""
        if id(leaf) not in self._places:
            self._look_again(leaf)
        root = scope.get("root_path", "")
        mounted = root.removeprefix(scope.get("app_root_path", root))
        fitting = {
            place.template for place in self._places.get(id(leaf), ()) if re.fullmatch(place.mounts, mounted)
        }
        return fitting.pop() if len(fitting) == 1 else None

    def _look_again(self, leaf: object) -> None:
        """Walk once more, because routes may have been added; for each one that is not to be seen only once."""
        if self._missed < _MISSES_REMEMBERED:
            self._walk()
            if id(leaf) not in self._places:
                self._missed += 1
                self._put(leaf)

    def _walk(self) -> None:
        for leaf, place in _places(getattr(self.router, "routes", ()), _Place("", "")):
            self._put(leaf, place)

    def _put(self, leaf: object, *places: _Place) -> None:
        known = self._places.get(id(leaf))
        if known is None:
            self._kept.append(leaf)
            known = ()
        self._places[id(leaf)] = (*known, *[place for place in places if place not in known])


def _leaf(scope: Scope) -> object | None:
    """Return what tells the route that answers from all others; None where nothing does."""
    route = scope.get("route")
    if route is None or isinstance(route, Mount | Host):
        return scope.get("endpoint")
    context = scope.get("fastapi", {}).get("effective_route_context")
    if context is not None and context.original_route is route:
        return context  # type: ignore[no-any-return]
    return route  # type: ignore[no-any-return]


def _places(routes: Iterable[BaseRoute], outside: _Place) -> Iterator[tuple[object, _Place]]:
    """Yield every route with its place, as each of the objects by which a scope may tell it."""
    for candidate in _candidates(routes):
        if isinstance(candidate, Mount | Host):
            yield from _places_inside(candidate, outside)
            continue
        template = getattr(candidate, "path_format", None)
        if isinstance(template, str) and template:
            place = _Place(outside.mounts, outside.template + template)
            yield candidate, place
            yield getattr(candidate, "endpoint", None), place


def _places_inside(candidate: Mount | Host, outside: _Place) -> Iterator[tuple[object, _Place]]:
    if isinstance(candidate, Host):
        yield from _places(candidate.routes, outside)
        return
    pattern = candidate.path_regex.pattern.removeprefix("^").removesuffix("/(?P<path>.*)$")
    # Parameters of nested mounts may have the same name, which one expression cannot have twice.
    mounts = outside.mounts + re.sub(r"\(\?P<\w+>", "(?:", pattern)
    prefix = _Place(mounts, outside.template + _prefix(candidate))
    yield from _places(candidate.routes, prefix)
    if not candidate.routes:
        yield candidate.app, prefix._replace(template=outside.template + candidate.path_format)


def _prefix(mount: Mount) -> str:
    return mount.path_format.removesuffix("/{path}")


def _frontend(scope: Scope) -> str | None:
    """Return the template of the files that FastAPI serves as a frontend, None where it does not."""
    path = scope.get("fastapi", {}).get("frontend_path")
    if path is None:
        return None
    asked: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return asked.removesuffix(path).rstrip("/") + "/{path}"


def _search(scope: Scope) -> str:
    return _find(getattr(_outermost(scope), "routes", ()), _as_received(scope))


def _outermost(scope: Scope) -> object | None:
    return scope.get("router") or scope.get("app")


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
    prefix = _prefix(candidate) if isinstance(candidate, Mount) else ""
    if candidate.routes:
        inner = _find(candidate.routes, scope)
        return inner if inner == UNMATCHED else prefix + inner
    return candidate.path_format if isinstance(candidate, Mount) else UNMATCHED
