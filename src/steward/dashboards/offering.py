"""What a browser is told of a dashboard before its data: its panels, and what may be chosen of its variables."""

from collections.abc import Mapping, Sequence

from steward.dashboards.asking import Board, Choice
from steward.dashboards.errors import NoAnswer
from steward.dashboards.interpolation import ALL, Chosen
from steward.dashboards.panels import Panels
from steward.dashboards.wire import DashboardConfig, VariableView

MOST_OFFERED = 1_000
"""Values of one variable."""
_WIDTH = 100
"""Pixels of a chart whose moments are coarse enough for a list."""


async def offered(
    panels: Panels, choice: Choice, picked: Mapping[str, Chosen], start: float, end: float
) -> VariableView:
    """Return a variable with its values; what was chosen is among them also where Prometheus is away."""
    here = picked[choice.name]
    try:
        found = await panels.values(choice, await panels.grid(start, end, _WIDTH), picked)
    except NoAnswer:
        found = ()
    values = tuple(dict.fromkeys((*found[:MOST_OFFERED], *here.values)))
    return VariableView(
        name=choice.name,
        title=choice.title,
        kind="text" if choice.kind == "textbox" else "list",
        values=(ALL, *values) if choice.all else values,
        current=(ALL,) if here.all_value else here.values,
        multi=choice.multi,
    )


def config(board: Board, offers: Sequence[VariableView], *, begin: str, end: str, refresh: str) -> DashboardConfig:
    """Return what the browser is told; variables that are hidden are not."""
    hidden = {choice.name for choice in board.variables if choice.hidden}
    return DashboardConfig(
        uid=board.uid,
        title=board.title,
        from_=begin,
        to=end,
        refresh=refresh,
        panels=tuple(asked.view for asked in board.panels.values()),
        variables=tuple(one for one in offers if one.name not in hidden),
    )
