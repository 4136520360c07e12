"""Places as a style sheet."""

from steward.dashboards.asking import Asked, Board, Row
from steward.dashboards.placing import style_sheet
from steward.dashboards.wire import PanelView, Place


def sheet(*places: Place) -> str:
    panels = {number: Asked(PanelView(number, "stat", "x", place=place)) for number, place in enumerate(places, 1)}
    return style_sheet(Board("own", "Own", "", (Row("", tuple(panels)),), panels))


def test_places_are_told_within_the_row() -> None:
    told = sheet(Place(0, 9, 6, 5), Place(6, 11, 18, 8))
    assert "#panel-1 { grid-column: 1 / span 6; grid-row: 1 / span 5; }" in told
    assert "#panel-2 { grid-column: 7 / span 18; grid-row: 3 / span 8; }" in told


def test_a_place_outside_the_grid_is_drawn_within_it() -> None:
    assert "grid-column: 24 / span 1; grid-row: 1 / span 1;" in sheet(Place(40, -3, 90, 0))
