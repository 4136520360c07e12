"""Where panels lie: lines that fill the whole width, so that no dashboard has a hole.

Panels keep their order. A line is as high as its highest panel, and its panels are widened in proportion until
they fill it. Of all ways to break panels into lines the one is taken that widens and heightens least.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from steward.model.dashboard import COLUMNS, Panel, PanelRow

HEADING = 1
"""Height of a row's heading."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of the grid."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """Where a row's heading and its panels lie."""

    row: PanelRow
    heading: Place
    panels: tuple[tuple[Panel, Place], ...]


def placed_rows(rows: Sequence[PanelRow]) -> tuple[PlacedRow, ...]:
    """Return rows below each other; a collapsed one takes only the place of its heading."""
    placed, y = [], 0
    for row in rows:
        heading = Place(0, y, COLUMNS, HEADING)
        panels, bottom = _placed(row.panels, y + HEADING)
        placed.append(PlacedRow(row, heading, panels))
        y = y + HEADING if row.collapsed else bottom
    return tuple(placed)


def _placed(panels: Sequence[Panel], y: int) -> tuple[tuple[tuple[Panel, Place], ...], int]:
    """Return where each panel lies from `y` on, and where the last line ends."""
    places = []
    for line in _lines(panels):
        height, x = _height(line), 0
        for panel, width in zip(line, _widths(line), strict=True):
            places.append((panel, Place(x, y, width, height)))
            x += width
        y += height
    return tuple(places), y


def _lines(panels: Sequence[Panel]) -> list[Sequence[Panel]]:
    """Return the cheapest way to break panels into lines, the fuller lines first where two cost the same."""
    best: list[tuple[int, list[Sequence[Panel]]]] = [(0, [])]
    for end in range(1, len(panels) + 1):
        ways = [
            (best[start][0] + _cost(panels[start:end]), [*best[start][1], panels[start:end]])
            for start in reversed(range(end))
            if _columns(panels[start:end]) <= COLUMNS
        ]
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _cost(line: Sequence[Panel]) -> int:
    """Return the columns to fill, squared so that lines share them, and the cells by which panels grow."""
    higher = sum((_height(line) - panel.rows) * panel.columns for panel in line)
    return (COLUMNS - _columns(line)) ** 2 + higher


def _columns(line: Sequence[Panel]) -> int:
    return sum(panel.columns for panel in line)


def _height(line: Sequence[Panel]) -> int:
    return max(panel.rows for panel in line)


def _widths(line: Sequence[Panel]) -> list[int]:
    """Return widths in proportion to those asked for, which add up to the whole."""
    asked, ends, so_far = _columns(line), [0], 0
    for panel in line:
        so_far += panel.columns
        ends.append((2 * so_far * COLUMNS + asked) // (2 * asked))
    return [end - start for start, end in pairwise(ends)]
