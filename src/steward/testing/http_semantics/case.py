"""A case: what happens, what has to be counted, and how to find out whether it was."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from steward.testing.http_semantics.client import Client
from steward.testing.http_semantics.subject import Counted, Measured, Seen, Subject, Time

Framework = Literal["starlette", "fastapi"]
Outcome = Literal["right", "wrong", "not measured"]
Endpoint = Callable[[Request], Awaitable[Response]]

BOTH: tuple[Framework, ...] = ("starlette", "fastapi")


class At(NamedTuple):
    """An endpoint at a path, for either framework."""

    path: str
    endpoint: Endpoint
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one run of a case."""

    outcome: Outcome
    said: tuple[str, ...]
    """What was seen instead of what was expected, a sentence each; nothing where all was right."""
    seen: Seen | None
    """What the subject had counted at the end; None where it could not even be asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table: one thing that can become of a request."""

    slug: str
    title: str
    expectation: str
    play: Callable[["Trial"], Awaitable[None]]
    frameworks: tuple[Framework, ...] = BOTH

    async def verdict(self, framework: Framework, subject: Subject) -> Verdict:
        """Play the case against a subject that has counted nothing yet; whatever it raises is a wrong."""
        trial = Trial(framework, subject)
        try:
            await self.play(trial)
            seen = await subject.seen()
        except Exception as error:  # noqa: BLE001 - a middleware that breaks is a result
            return Verdict("wrong", (*trial.wrong, f"raised {error!r:.200}"), None)
        if trial.wrong:
            return Verdict("wrong", tuple(trial.wrong), seen)
        if trial.unmeasured:
            return Verdict("not measured", tuple(trial.unmeasured), seen)
        return Verdict("right", (), seen)


@dataclass(slots=True)
class Trial:
    """One run of a case: makes the application, and notes what is not as expected."""

    framework: Framework
    subject: Subject
    wrong: list[str] = field(default_factory=list)
    unmeasured: list[str] = field(default_factory=list)

    @property
    def time(self) -> Time:
        """How to make time pass."""
        return self.subject.time

    def app(self, *places: At, middleware: Iterable[Middleware] = ()) -> Starlette:
        """Return an application with these endpoints, in the framework of the trial."""
        if self.framework == "fastapi":
            return self.fastapi(*places, middleware=middleware)
        routes = [Route(place.path, place.endpoint, methods=list(place.methods)) for place in places]
        return Starlette(routes=routes, middleware=list(middleware))

    def fastapi(self, *places: At, middleware: Iterable[Middleware] = ()) -> FastAPI:
        """Return an application with these endpoints in FastAPI."""
        made = FastAPI(middleware=list(middleware), **self.subject.fastapi_options)
        for place in places:
            made.add_api_route(place.path, place.endpoint, methods=list(place.methods), response_model=None)
        return made

    def client(self, app: Starlette) -> Client:
        """Return a client of `app` with the middleware around it."""
        return Client(self.subject.wrap(app))

    def check(self, what: str, *, holds: bool) -> None:
        """Note `what` as wrong unless it holds."""
        if not holds:
            self.wrong.append(what)

    async def counted(self, *expected: tuple[str, str, str | int, int]) -> None:
        """Expect exactly these requests to be counted: (method, path, status, how many) each."""
        wanted = sorted(Counted(method, path, str(status), number) for method, path, status, number in expected)
        got = sorted((await self.subject.seen()).requests)
        self.check(f"expected {_requests(wanted)}; counted {_requests(got)}", holds=got == wanted)

    async def lasted(self, low: float, high: float) -> None:
        """Expect one duration, of between `low` and `high` units."""
        durations = (await self.subject.seen()).durations
        if durations is None:
            self.unmeasured.append("durations are not measured")
            return
        number = sum(one.number for one in durations)
        units = sum(one.total for one in durations) / self.time.unit
        self.check(
            f"expected one duration of {low:g} to {high:g} units; measured {number:g}, {units:.2f} units in all",
            holds=number == 1 and low <= units <= high,
        )

    async def sized(self, *expected: tuple[str, str, int, int]) -> None:
        """Expect exactly these bodies to be measured: (method, path, how many, bytes in all) each."""
        sizes = (await self.subject.seen()).sizes
        if sizes is None:
            self.unmeasured.append("sizes are not measured")
            return
        wanted = sorted(Measured(*one) for one in expected)
        self.check(
            f"expected sizes {_sizes(wanted)}; measured {_sizes(sorted(sizes))}", holds=sorted(sizes) == wanted
        )

    async def in_flight(self, expected: float, when: str) -> None:
        """Expect so many requests in flight."""
        number = (await self.subject.seen()).in_flight
        if number is None:
            self.unmeasured.append("requests in flight are not measured")
            return
        self.check(f"expected {expected:g} in flight {when}; measured {number:g}", holds=number == expected)


async def hello(_request: Request) -> Response:
    """Answer 5 bytes."""
    return PlainTextResponse("hello")


def _requests(counted: Iterable[Counted]) -> str:
    return ", ".join(f"{_short(f'{m} {p} {s}')} x {n:g}" for m, p, s, n in counted) or "nothing"


def _sizes(measured: Iterable[Measured]) -> str:
    return ", ".join(f"{_short(f'{m} {p}')}: {n:g} of {t:g} B" for m, p, n, t in measured) or "nothing"


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}..."
