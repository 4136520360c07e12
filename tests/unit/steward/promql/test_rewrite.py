import pytest

from steward.promql import Duration, minutes, parse, seconds
from steward.promql.nodes import Selector, Span, selectors
from steward.promql.rewrite import replaced, scaled
from steward.promql.show import underlined


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rate(m[5m])", "rate(m[15s])"),
        ("m offset 1h", "m offset 3m"),
        ("m offset -1h", "m offset -3m"),
        ("m[1h:1m]", "m[3m:3s]"),
        ("rate(m[1m])", "rate(m[8s])"),
        ("rate(m[300])", "rate(m[15s])"),
        ("m offset 3600", "m offset 3m"),
        ("m offset 10ms", "m offset 1ms"),
        ("m > 1h", "m > 1h"),
        ("m - 5m", "m - 5m"),
        ("rate(m[5m]) # over [5m]\n", "rate(m[15s]) # over [5m]\n"),
        ('m{a="[5m]"}', 'm{a="[5m]"}'),
    ],
)
def test_time_passes_faster_in_ranges_and_offsets_only(text: str, wanted: str) -> None:
    assert scaled(text, 1 / 20, least=seconds(8)) == wanted


def test_scaled_expression_is_the_same_but_for_its_windows() -> None:
    text = 'sum by (a)\n(rate(m{x="y"}[10m] offset 1h)) / 2'
    (before,), (after,) = selectors(parse(text)), selectors(parse(scaled(text, 0.5, Duration(0))))

    assert isinstance(before, Selector)
    assert (after.name, after.range, after.offset) == (before.name, minutes(5), minutes(30))


def test_edits_leave_the_rest_alone() -> None:
    text = 'm{a="b"} > 5'
    (selector,) = selectors(parse(text))

    assert replaced(text, [(selector.matchers[0].span, 'a!="b"'), (selector.name_span, "n")]) == 'n{a!="b"} > 5'


@pytest.mark.parametrize(
    ("text", "part", "wanted"),
    [
        ("m > 5", "5", "m > 5\n    ^"),
        ("sum(m)\n/\nn", "n", "n\n^"),
        ("sum(m)\n/\nn", "m)\n/", "sum(m)\n    ^^\n/\n^"),
        ('m{a="日本"} > 5', "5", 'm{a="日本"} > 5\n              ^'),
        ("\tm > 5", "5", "\tm > 5\n\t    ^"),
    ],
)
def test_carets_stand_below_the_place(text: str, part: str, wanted: str) -> None:
    start = text.rindex(part)

    assert underlined(text, Span(start, start + len(part))) == wanted
