"""Where panels lie, as a style sheet: each row is a grid of its own, with a place for each id of a panel."""

from steward.dashboards.asking import Board, Row

WIDE = "(min-width: 60rem)"
"""Of a window in which panels lie side by side; in a narrower one they follow each other."""
COLUMNS = 24


def style_sheet(board: Board) -> str:
    """Return rules for `#panel-N` within its row's grid of 24 columns."""
    rules = [rule for row in board.rows for rule in _row(board, row)]
    return f"@media {WIDE} {{\n" + "".join(f"{rule}\n" for rule in rules) + "}\n"


def _row(board: Board, row: Row) -> list[str]:
    places = {number: board.panels[number].view.place for number in row.panels}
    top = min((place.y for place in places.values()), default=0)
    return [
        f"#panel-{number} {{ grid-column: {_column(place.x)} / span {_span(place.x, place.w)}; "
        f"grid-row: {max(0, place.y - top) + 1} / span {max(1, place.h)}; }}"
        for number, place in places.items()
    ]


def _column(x: int) -> int:
    return min(max(x, 0), COLUMNS - 1) + 1


def _span(x: int, width: int) -> int:
    return max(1, min(width, COLUMNS + 1 - _column(x)))
