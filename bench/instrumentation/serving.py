"""What counting adds to a request: CPU time of the thread that answers, in one process and shared by several."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from instrumentation import peers
from instrumentation.applications import BUILDS, ROUTES, Framework, Requests
from instrumentation.child import Child, ChildFailed, Work
from instrumentation.comparison import Comparison
from instrumentation.pairs import Added, Pair
from instrumentation.ways import WAYS
from measure import Measured, in_turn

_LIMITS: dict[Framework, dict[str, float]] = {
    "Starlette": {peers.INSTRUMENTATOR: 0.10},
    "FastAPI": {peers.NATIVE: 0.12},
}
_LIMITS_OF_SEVERAL = {peers.INSTRUMENTATOR: 0.10}


def compare(*, rounds: int, calls: int) -> Iterator[Comparison]:
    """Measure every way in both frameworks, in one process and where several share their numbers."""
    for framework in BUILDS:
        yield _compare(framework, shared=False, rounds=rounds, calls=calls)
    for framework in BUILDS:
        yield _compare(framework, shared=True, rounds=rounds, calls=calls)


def _compare(framework: Framework, *, shared: bool, rounds: int, calls: int) -> Comparison:
    title = f"{framework}{', several processes' if shared else ''}: added to a request"
    names = [name for name, way in WAYS.items() if framework in way.frameworks and (way.shares or not shared)]
    failed: dict[str, str] = {}
    with ExitStack() as stack:
        started = {name: stack.enter_context(_child(framework, name, stack, shared=shared)) for name in names}
        ways: dict[str, Added] = {}
        for name, child in started.items():
            try:
                way = Added(child.ready(), max(1, calls // ROUTES))
                way()
            except ChildFailed as error:
                if name == peers.OURS:
                    raise
                failed[name] = str(error)
            else:
                ways[name] = way
        ours, *others = in_turn(ways, rounds=rounds, unit="µs", terse=title)
        bare = Measured(
            "the bare application itself", "µs", tuple(one for way in ways.values() for one in way.bare)
        )
    limits = _LIMITS_OF_SEVERAL if shared else _LIMITS[framework]
    return Comparison(title, ours, [*others, bare], limits, failed=failed)


def _child(framework: Framework, name: str, stack: ExitStack, *, shared: bool) -> Child:
    if not shared:
        return Child(paired, {"framework": framework, "way": name, "folder": None})
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    arguments = {"framework": framework, "way": name, "folder": folder}
    return Child(paired, arguments, {"PROMETHEUS_MULTIPROC_DIR": folder})


def paired(framework: Framework, way: str, folder: str | None) -> Work:
    """Be the child: a bare application and one that counts, whose requests alternate.

    Both have the same routes, not only equal ones: where the objects of a route lie in memory makes a difference
    of some microseconds, too.
    """
    bare = BUILDS[framework]()
    counting = WAYS[way].add(BUILDS[framework], Path(folder) if folder else None)
    same = {getattr(route, "path", ""): route for route in bare.routes}
    routes = counting.router.routes
    routes[:] = [same.get(getattr(route, "path", ""), route) for route in routes]
    requests = Requests(counting, exposed_at="/metrics" if way == peers.OURS else "")
    return Pair(Requests(bare).timed, requests.timed, calls=ROUTES)
