"""The dashboards with the Prometheus behind them: what each panel shows, asked once however many look."""

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping, Sequence

from steward.dashboards import shaping
from steward.dashboards.asking import AnnotationQuery, Asked, Board, Choice, Target
from steward.dashboards.encoding import encoded, joined
from steward.dashboards.errors import NoAnswer, UnknownDashboard
from steward.dashboards.interpolation import Chosen, interpolated
from steward.dashboards.prometheus import Answer, Prometheus
from steward.dashboards.sharing import Shared
from steward.dashboards.timerange import Grid, grid
from steward.dashboards.wire import Mark, PanelData, Series

SCRAPE_SECONDS = 15.0

_MOST_VALUES = 600_000
"""Of answers that are kept: about 20 MB."""
_MOST_BYTES = 24 * 2**20
"""Of panels that are kept as they are sent."""
_LONGEST_KEPT = 60.0
_CHOICES_KEPT = 30.0
_PACE_KEPT = 300.0
_NOTHING = "there are no series for this query in this range"
_NOBODY = "no Prometheus is known to this service"
_NONE: Mapping[str, Chosen] = {}


class Panels:
    """Every dashboard by its uid, and what its panels show."""

    def __init__(
        self,
        boards: Sequence[Board] = (),
        prometheus: Prometheus | None = None,
        *,
        scrape: float = SCRAPE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`scrape` is the time between two samples, in seconds, while Prometheus does not say it."""
        self.boards = {board.uid: board for board in boards}
        self._scrape = scrape
        self._prometheus = prometheus
        self._answers: Shared[Answer] = Shared(most=_MOST_VALUES, weigh=lambda one: one.weight, clock=clock)
        self._choices: Shared[tuple[str, ...]] = Shared(most=_MOST_VALUES // 10, weigh=len, clock=clock)
        self._paces: Shared[float] = Shared(most=1, weigh=lambda _: 1, clock=clock)
        self._shown: Shared[bytes] = Shared(most=_MOST_BYTES, weigh=len, clock=clock)

    def board(self, uid: str) -> Board:
        """Return a dashboard; raises UnknownDashboard."""
        if uid not in self.boards:
            raise UnknownDashboard(f"no dashboard is called {uid!r}; known: {', '.join(self.boards) or 'none'}")
        return self.boards[uid]

    async def grid(self, start: float, end: float, width: int, least: float = 0) -> Grid:
        """Return the moments for a chart of `width` pixels; both ends are seconds since 1970."""
        return grid(start, end, width=width, scrape=await self._pace(), least=least)

    async def ask(self, asked: Asked, moments: Grid, picked: Mapping[str, Chosen] = _NONE) -> PanelData:
        """Return what a panel shows; what goes wrong is told in it."""
        if asked.refusal:
            return PanelData("empty", asked.refusal)
        if asked.text:
            return PanelData("ok", asked.text)
        found: list[Series] = []
        notes: list[str] = []
        title = asked.view.title if len(asked.targets) == 1 else ""
        answers = [self._target(target, moments, picked) for target in asked.targets]
        for target, answer in zip(asked.targets, await asyncio.gather(*answers), strict=True):
            if isinstance(answer, NoAnswer):
                notes.append(str(answer) if len(asked.targets) == 1 else f"query {target.ref}: {answer}")
                continue
            found += shaping.series(target, answer, picked, title)
            if answer.more:
                notes.append(f"{answer.more} more series are not shown")
        return _shown(asked, moments, found, notes)

    async def data(
        self,
        board: Board,
        panels: Sequence[int],
        *,
        start: float,
        end: float,
        width: int,
        picked: Mapping[str, Chosen] = _NONE,
    ) -> bytes:
        """Return `wire.DashboardData` as JSON for some panels of a dashboard; raises UnknownDashboard."""
        if unknown := [one for one in panels if one not in board.panels]:
            raise UnknownDashboard(f"dashboard {board.uid} has no panel {unknown[0]}")
        of_panels = [self._panel(board, one, start, end, width, picked) for one in panels]
        moments = await self.grid(start, end, width)
        of_marks = [self._marks(one, moments, picked) for one in board.annotations]
        shown, marked = await asyncio.gather(asyncio.gather(*of_panels), asyncio.gather(*of_marks))
        marks = sorted((mark for one in marked for mark in one), key=lambda mark: mark.start)
        return joined(start, end, dict(zip(panels, shown, strict=True)), marks)

    async def values(self, choice: Choice, moments: Grid, picked: Mapping[str, Chosen] = _NONE) -> tuple[str, ...]:
        """Return what may be chosen of a variable; raises NoAnswer."""
        if not choice.label:
            return choice.values
        source = self._source()
        selector = interpolated(choice.metric, moments, picked)
        start, end = moments.start, moments.end + moments.step
        question = ("label", choice.label, selector, start, end)
        return await self._choices.get(
            question, lambda: source.label_values(choice.label, selector, start, end), seconds=_CHOICES_KEPT
        )

    async def _pace(self) -> float:
        """Return the time between two scrapes, in seconds."""
        if self._prometheus is None:
            return self._scrape
        try:
            return await self._paces.get("pace", self._prometheus.scrape_seconds, seconds=_PACE_KEPT)
        except NoAnswer:
            return self._scrape

    async def close(self) -> None:
        """Close every connection."""
        if self._prometheus is not None:
            await self._prometheus.close()

    async def _panel(
        self, board: Board, panel: int, start: float, end: float, width: int, picked: Mapping[str, Chosen]
    ) -> bytes:
        asked = board.panels[panel]
        moments = await self.grid(start, end, width, asked.least)
        latest = moments.latest if any(target.instant for target in asked.targets) else None
        question = (board.uid, panel, moments.start, moments.end, moments.step, latest, _frozen(picked))

        async def ask() -> bytes:
            data = await self.ask(asked, moments, picked)
            if data.state == "error":
                raise _Failed(encoded(data))
            return encoded(data)

        try:
            return await self._shown.get(question, ask, seconds=_kept(moments))
        except _Failed as failed:
            return failed.told

    async def _target(self, target: Target, moments: Grid, picked: Mapping[str, Chosen]) -> Answer | NoAnswer:
        try:
            return await self._answer(target.expr, moments, picked, instant=target.instant)
        except NoAnswer as error:
            return error

    async def _marks(self, annotation: AnnotationQuery, moments: Grid, picked: Mapping[str, Chosen]) -> list[Mark]:
        try:
            answer = await self._answer(annotation.expr, moments, picked, instant=False)
        except NoAnswer:
            return []
        return shaping.marks(annotation, answer, moments)

    async def _answer(self, expr: str, moments: Grid, picked: Mapping[str, Chosen], *, instant: bool) -> Answer:
        source = self._source()
        written = interpolated(expr, moments, picked)
        if instant:
            at: Hashable = ("at", written, moments.latest)
            return await self._answers.get(at, lambda: source.at(written, moments.latest), seconds=moments.fresh)
        over: Hashable = ("over", written, moments.start, moments.end, moments.step)
        return await self._answers.get(over, lambda: source.over(written, moments), seconds=_kept(moments))

    def _source(self) -> Prometheus:
        if self._prometheus is None:
            raise NoAnswer(_NOBODY)
        return self._prometheus


class _Failed(Exception):
    """A panel that tells of an error: told again only for a moment."""

    def __init__(self, told: bytes) -> None:
        super().__init__()
        self.told = told


def _shown(asked: Asked, moments: Grid, found: Sequence[Series], notes: Sequence[str]) -> PanelData:
    message = "; ".join(notes)
    series = shaping.buckets(found) if asked.view.kind == "heatmap" else list(found)
    if not any(value is not None for one in series for value in one.values):
        return PanelData("error", message) if message else PanelData("empty", asked.when_empty or _NOTHING)
    if all(target.instant for target in asked.targets):
        return PanelData("ok", message, moments.latest, 0, 1, tuple(series))
    return PanelData("ok", message, moments.start, moments.step, moments.count, tuple(series))


def _kept(moments: Grid) -> float:
    return min(moments.step, _LONGEST_KEPT)


def _frozen(picked: Mapping[str, Chosen]) -> tuple[tuple[str, Chosen], ...]:
    return tuple(sorted(picked.items(), key=lambda item: item[0]))
