import pytest

from steward.compile.proof.template import rendered
from steward.model import CatalogueError


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("{{ $value }}", 0.0857142857142857, "0.0857142857142857"),
        ("{{ $value }}", 12.0, "12"),
        ("{{ $value | humanize }}", 1200.0, "1.2k"),
        ("{{ $value | humanize }}", 0.0225, "22.5m"),
        ("{{ $value | humanize }}", 0.0, "0"),
        ("{{ $value | humanize1024 }}", 1536.0, "1.5ki"),
        ("{{ $value | humanizePercentage }}", 0.0857142857142857, "8.571%"),
        ("{{ $value | humanizeDuration }}", 2.5, "2.5s"),
        ("{{ $value | humanizeDuration }}", 0.25, "250ms"),
        ("{{ $value | humanizeDuration }}", 360.0, "6m 0s"),
        ("{{ $value | humanizeDuration }}", 90061.0, "1d 1h 1m 1s"),
        ('{{ $value | printf "%.1f" }}', 2.25, "2.2"),
        ('{{ $value | printf "%.0f" }}', 3.7, "4"),
        ("{{- $value -}}", 3.0, "3"),
    ],
)
def test_values_are_shown_as_prometheus_shows_them(text: str, value: float, shown: str) -> None:
    assert rendered(text, {}, value) == shown


def test_labels_are_filled_in_and_a_missing_one_is_empty() -> None:
    text = "{{ $labels.instance }} of {{$labels.job}} in {{ $labels.zone }}."

    assert rendered(text, {"instance": "a:80", "job": "tills"}, None) == "a:80 of tills in ."


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ $value | humanizeTimestamp }}", "humanizeTimestamp"),
        ("{{ if true }}", "if true"),
        ("{{ $value | humanize | title }}", "more than the placeholders"),
        ("{{ query `up` }}", "query"),
    ],
)
def test_what_is_not_known_is_refused(text: str, named: str) -> None:
    with pytest.raises(CatalogueError, match=named):
        rendered(text, {}, 1.0)


def test_a_value_that_is_asked_for_must_be_there() -> None:
    with pytest.raises(CatalogueError, match="needs the example's value"):
        rendered("{{ $value }}", {}, None)
