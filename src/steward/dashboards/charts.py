"""Charts outside dashboards: a few expressions over a time, asked and kept as those of dashboards are.

view = series_view("Burn rate", "none", thresholds=above(14.4))
chart = await charts.chart(context.panels, view, [(alert.expr, "{{instance}}")], start=..., end=..., width=900)
return encoding.encoded(chart)
"""

from collections.abc import Sequence

from steward.dashboards.asking import Asked, Target
from steward.dashboards.panels import Panels
from steward.dashboards.wire import Chart, Mark, PanelView, Step

_BAD = "red"
_GOOD = "green"


def series_view(
    title: str,
    unit: str = "none",
    *,
    description: str = "",
    thresholds: Sequence[Step] = (),
    smallest: float | None = None,
    largest: float | None = None,
    decimals: int | None = None,
    stacked: bool = False,
    fill: float = 0,
    table: bool = False,
) -> PanelView:
    """Return how lines over time are drawn; where there are thresholds, they are drawn as lines.

    `unit` is Grafana's name of it; `table` asks for the legend with mean, largest and last value.
    """
    return PanelView(
        id=1,
        kind="timeseries",
        title=title,
        description=description,
        unit=unit,
        decimals=decimals,
        min=smallest,
        max=largest,
        thresholds=tuple(thresholds),
        threshold_lines=len(thresholds) > 1,
        stacked=stacked,
        fill=fill,
        legend="table" if table else "list",
    )


def above(*limits: float) -> tuple[Step, ...]:
    """Return thresholds of what is bad above a limit; of two, the first one warns."""
    return _steps(_GOOD, [*["orange"] * (len(limits) - 1), _BAD], sorted(limits))


def below(*limits: float) -> tuple[Step, ...]:
    """Return thresholds of what is bad below a limit; of two, the second one down is the bad one."""
    return _steps(_BAD, [*["orange"] * (len(limits) - 1), _GOOD], sorted(limits))


async def chart(
    panels: Panels,
    view: PanelView,
    queries: Sequence[tuple[str, str]],
    *,
    start: float,
    end: float,
    width: int,
    when_empty: str = "",
    marks: Sequence[Mark] = (),
) -> Chart:
    """Ask `queries`, each (expression, legend), and return what is drawn; never raises for what Prometheus says.

    `start` and `end` are seconds since 1970, `width` the pixels of the chart; the legend names labels as
    `{{label}}`. Where there is nothing to draw, the chart says why; where there are simply no series, in the words
    of `when_empty`.
    """
    targets = tuple(Target(chr(ord("A") + place), expr, legend) for place, (expr, legend) in enumerate(queries))
    asked = Asked(view, targets, when_empty=when_empty)
    data = await panels.ask(asked, await panels.grid(start, end, width))
    return Chart(view, data, tuple(marks))


def _steps(base: str, colors: Sequence[str], limits: Sequence[float]) -> tuple[Step, ...]:
    return (Step(base, None), *(Step(color, limit) for color, limit in zip(colors, limits, strict=True)))
