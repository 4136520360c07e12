"""Every row of the table of what is counted, each as a test of that name."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware, metrics_app
from steward.model import OTHER, Counter, Gauge, Histogram, Label, Unit
from steward.testing.http_semantics import CASES, Case, Counted, Framework, ManualTime, Measured, Seen, Subject

pytestmark = pytest.mark.slow

METHOD = Label.closed("method", "GET", "HEAD", "POST", "OPTIONS", OTHER)
PATH = Label.bounded("path", 50, "route template")
STATUS = Label.bounded("status", 50, "status code")
REQUESTS = Counter("requests_total", "Requests.", (METHOD, PATH, STATUS))
DURATION = Histogram("duration_seconds", "Time.", (METHOD, PATH), Unit.SECONDS)
SIZE = Histogram("size_bytes", "Size.", (METHOD, PATH), Unit.BYTES)
IN_FLIGHT = Gauge("in_flight", "Requests now.")
METRICS = HttpMetrics(REQUESTS, DURATION, IN_FLIGHT, SIZE)


class Ours(Subject):
    """The middleware as a user adds it."""

    def __init__(self) -> None:
        self.time = ManualTime()
        self.fastapi_options = {}
        self._instruments = Instruments([REQUESTS, DURATION, SIZE, IN_FLIGHT])

    def wrap(self, app: Starlette) -> ASGIApp:
        assert isinstance(self.time, ManualTime)
        app.router.routes.append(Route("/metrics", metrics_app(self._instruments)))
        app.add_middleware(MetricsMiddleware, instruments=self._instruments, metrics=METRICS, clock=self.time)
        return app

    async def seen(self) -> Seen:
        body, _ = await self._instruments.expose()
        families = text_string_to_metric_families(body.decode())
        samples = [sample for family in families for sample in family.samples]
        return Seen(
            requests=tuple(
                Counted(sample.labels["method"], sample.labels["path"], sample.labels["status"], sample.value)
                for sample in samples
                if sample.name == "requests_total"
            ),
            durations=_measured(samples, DURATION.name),
            sizes=_measured(samples, SIZE.name),
            in_flight=sum(sample.value for sample in samples if sample.name == "in_flight"),
            series=len(samples),
        )


def _measured(samples: list, name: str) -> tuple[Measured, ...]:  # type: ignore[type-arg]
    sums = {tuple(one.labels.items()): one.value for one in samples if one.name == f"{name}_sum"}
    return tuple(
        Measured(one.labels["method"], one.labels["path"], one.value, sums[tuple(one.labels.items())])
        for one in samples
        if one.name == f"{name}_count"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
async def test_semantics(case: Case) -> None:
    verdicts = {framework: await case.verdict(framework, Ours()) for framework in case.frameworks}

    assert {framework: verdict.said for framework, verdict in verdicts.items()} == dict.fromkeys(verdicts, ())
    assert {verdict.outcome for verdict in verdicts.values()} == {"right"}
    assert {verdict.seen.in_flight for verdict in verdicts.values() if verdict.seen} == {0}


class Blind(Ours):
    """A middleware that counts nothing."""

    def wrap(self, app: Starlette) -> ASGIApp:
        return app


class Deaf(Ours):
    """One that measures nothing but requests."""

    async def seen(self) -> Seen:
        seen = await super().seen()
        return Seen(seen.requests, series=seen.series)


class Raising(Ours):
    """One that breaks what it is put around."""

    def wrap(self, app: Starlette) -> ASGIApp:
        raise ValueError("broken")


_UNCOUNTED = {"strangers", "websocket", "lifespan"}
_MEASURED = {"in-flight", "streaming", "background-task", "slow-failure", "streamed-size"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
async def test_a_case_tells_a_middleware_that_counts_nothing(case: Case) -> None:
    outcome = (await case.verdict(case.frameworks[0], Blind())).outcome

    assert outcome == ("right" if case.slug in _UNCOUNTED else "wrong")


@pytest.mark.parametrize("case", [case for case in CASES if case.slug in _MEASURED], ids=lambda case: case.slug)
async def test_a_case_about_what_is_not_measured_is_neither_right_nor_wrong(case: Case) -> None:
    framework: Framework = "starlette"

    assert (await case.verdict(framework, Deaf())).outcome == "not measured"


async def test_a_middleware_that_breaks_is_wrong() -> None:
    verdict = await CASES[0].verdict("starlette", Raising())

    assert verdict.outcome == "wrong"
    assert verdict.said == ("raised ValueError('broken')",)


def test_slugs_are_unique() -> None:
    assert len({case.slug for case in CASES}) == len(CASES)
