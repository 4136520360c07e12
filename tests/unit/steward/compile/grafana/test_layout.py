"""Whatever panels there are: they keep their order, none lies on another, and no place is left empty."""

from hypothesis import given, settings
from hypothesis import strategies as st

from steward.compile.grafana.layout import Place, placed_rows
from steward.model import PanelRow, Query, Stat
from steward.model.dashboard import COLUMNS

sizes = st.tuples(st.integers(1, COLUMNS), st.integers(2, 12))
rows = st.lists(st.tuples(st.lists(sizes, min_size=1, max_size=9), st.booleans()), min_size=1, max_size=4)


def row(panels: list[tuple[int, int]], *, collapsed: bool = False) -> PanelRow:
    return PanelRow("Row", tuple(stat(place, *size) for place, size in enumerate(panels)), collapsed)


def stat(number: int, wide: int, high: int) -> Stat:
    return Stat(title=f"Panel {number}", queries=(Query("up"),), meaning="A number.", wide=wide, high=high)


def places(*panels: tuple[int, int]) -> list[Place]:
    return [place for _, place in placed_rows([row(list(panels))])[0].panels]


def cells(place: Place) -> set[tuple[int, int]]:
    return {(x, y) for x in range(place.x, place.x + place.w) for y in range(place.y, place.y + place.h)}


@settings(max_examples=150, deadline=None)
@given(rows)
def test_rows_lie_below_each_other_without_holes(described: list[tuple[list[tuple[int, int]], bool]]) -> None:
    placed = placed_rows([row(panels, collapsed=collapsed) for panels, collapsed in described])

    y = 0
    for one in placed:
        assert one.heading == Place(0, y, COLUMNS, 1)
        covered: set[tuple[int, int]] = set()
        for _, place in one.panels:
            assert not covered & cells(place)
            covered |= cells(place)
        bottom = max(place.y + place.h for _, place in one.panels)
        assert covered == cells(Place(0, y + 1, COLUMNS, bottom - y - 1))
        y = y + 1 if one.row.collapsed else bottom


@settings(max_examples=150, deadline=None)
@given(st.lists(sizes, min_size=1, max_size=9))
def test_panels_keep_their_order_and_are_never_smaller_than_asked_for(panels: list[tuple[int, int]]) -> None:
    found = places(*panels)

    assert found == sorted(found, key=lambda place: (place.y, place.x))
    for place, (wide, high) in zip(found, panels, strict=True):
        assert place.w >= wide
        assert place.h >= high


def test_lines_share_what_is_left_over() -> None:
    assert [(place.x, place.y, place.w) for place in places(*[(4, 5)] * 7)] == [
        (0, 1, 6), (6, 1, 6), (12, 1, 6), (18, 1, 6), (0, 6, 8), (8, 6, 8), (16, 6, 8),
    ]  # fmt: skip


def test_a_panel_alone_takes_the_whole_width() -> None:
    assert places((8, 6)) == [Place(0, 1, COLUMNS, 6)]


def test_small_panels_are_rather_widened_than_made_as_high_as_a_large_one() -> None:
    assert [place.h for place in places((4, 5), (4, 5), (4, 5), (12, 30), (12, 30))] == [5, 5, 5, 30, 30]


def test_widths_are_rounded_to_the_nearest_column() -> None:
    assert [place.w for place in places((9, 5), (8, 5), (5, 5))] == [10, 9, 5]
