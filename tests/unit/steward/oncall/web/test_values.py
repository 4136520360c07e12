"""How values of expressions are written on pages."""

import math

import pytest

from steward.oncall.prometheus import Rule
from steward.oncall.web.console import values


def rule(**annotations: str) -> Rule:
    return Rule("g", "A", "alerting", "up", "ok", "inactive", "", {}, annotations, 0, 0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, values.NONE, "0"),
        (0.05, values.NONE, "0.05"),
        (1234.5678, values.NONE, "1,235"),
        (12_345_678, values.NONE, "12,345,678"),
        (0.0525, values.RATIO, "5.25 %"),
        (1, values.RATIO, "100 %"),
        (1.25, values.SECONDS, "1.25 s"),
        (512, values.BYTES, "512 B"),
        (1.5 * 1024**3, values.BYTES, "1.5 GiB"),
        (math.nan, values.RATIO, "not a number"),
        (math.inf, values.NONE, "∞"),
        (-math.inf, values.SECONDS, "-∞"),
    ],
)
def test_a_value_is_written_in_its_unit(value: float, unit: str, text: str) -> None:
    assert values.written(value, unit) == text


def test_the_unit_is_read_from_the_templates_of_the_annotations() -> None:
    summary = "{{ $value | humanizePercentage }} fail"
    assert values.unit_of([rule(description="plain"), rule(summary=summary)]) == values.RATIO
    assert values.unit_of([rule(summary="{{ $value|humanizeDuration }}")]) == values.SECONDS
    assert values.unit_of([rule(summary="{{ $value | humanize }}")]) == values.NONE
    assert values.unit_of([]) == values.NONE


def test_labels_are_written_in_one_line() -> None:
    assert values.series({"b": "2", "a": "1"}) == "a=1, b=2"
    assert values.series({}) == "all together"
