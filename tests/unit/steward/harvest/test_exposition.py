"""Reading what programs expose: the text format and OpenMetrics."""

import pytest

from steward.harvest import Family, NotAnExposition, read_exposition

TEXT = r"""
# HELP pump_litres_total Litres pumped,\nsince the start; a \\ is a backslash.
# TYPE pump_litres_total counter
# a remark that says nothing
pump_litres_total{pump="north",liquid="beer"} 12.5 1395066363000
pump_litres_total{ pump = "south" , liquid="a \"good\" one\n" , } 1e+06
# TYPE pump_pressure gauge
pump_pressure NaN
# TYPE pump_seconds histogram
pump_seconds_bucket{le="0.5"} 1
pump_seconds_bucket{le="+Inf"} 2
pump_seconds_sum 3
pump_seconds_count 2
# TYPE pump_rotation summary
pump_rotation{quantile="0.9"} 4
pump_rotation_sum 5
pump_rotation_count 6
pump_unannounced{x=""} +Inf
pump_empty{} -Inf
"""

OPENMETRICS = """\
# TYPE pump_litres counter
# UNIT pump_litres litres
# HELP pump_litres Litres pumped.
pump_litres_total{pump="north"} 12.5 1395066363.123 # {trace_id="a # b"} 0.5 1395066363
pump_litres_created{pump="north"} 1395066000
# TYPE pump info
pump_info{model="x"} 1
# TYPE pump_state stateset
pump_state{pump_state="on"} 1
# TYPE pump_depth gaugehistogram
pump_depth_bucket{le="1"} 1
pump_depth_gcount 1
pump_depth_gsum 1
# TYPE pump_other unknown
pump_other 3
# EOF
"""


def families(text: str) -> dict[str, Family]:
    return {family.name: family for family in read_exposition(text)}


def test_types_and_help_of_the_text_format_are_read() -> None:
    found = families(TEXT)

    assert {name: family.kind for name, family in found.items()} == {
        "pump_litres_total": "counter",
        "pump_pressure": "gauge",
        "pump_seconds": "histogram",
        "pump_rotation": "summary",
        "pump_unannounced": "untyped",
        "pump_empty": "untyped",
    }
    assert found["pump_litres_total"].help == "Litres pumped,\nsince the start; a \\ is a backslash."


def test_labels_are_read_with_spaces_escapes_and_a_last_comma() -> None:
    first, second = families(TEXT)["pump_litres_total"].samples

    assert dict(first.labels) == {"pump": "north", "liquid": "beer"}
    assert dict(second.labels) == {"pump": "south", "liquid": 'a "good" one\n'}


def test_parts_of_a_histogram_belong_to_it() -> None:
    found = families(TEXT)

    assert [sample.name for sample in found["pump_seconds"].samples] == [
        "pump_seconds_bucket",
        "pump_seconds_bucket",
        "pump_seconds_sum",
        "pump_seconds_count",
    ]
    assert len(found["pump_rotation"].samples) == 3


def test_a_name_that_ends_like_a_part_is_a_metric_of_its_own_where_nothing_else_is_announced() -> None:
    assert families("pump_count 1\npump_bucket 2\n").keys() == {"pump_count", "pump_bucket"}


def test_openmetrics_is_read() -> None:
    assert {name: (family.kind, len(family.samples)) for name, family in families(OPENMETRICS).items()} == {
        "pump_litres": ("counter", 2),
        "pump": ("info", 1),
        "pump_state": ("stateset", 1),
        "pump_depth": ("gaugehistogram", 3),
        "pump_other": ("unknown", 1),
    }


def test_lines_may_end_as_on_windows() -> None:
    assert families("# TYPE a gauge\r\na 1\r\n")["a"].kind == "gauge"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!doctype html><html></html>", "web page"),
        ("", "no sample"),
        ("# HELP a Only help.\n", "no sample"),
        ("a 1\n{} 2\n", "line 2: .* does not start"),
        ("a\n", "line 1: 'a' has no value"),
        ("a b\n", "has no value"),
        ("a 1 2 3\n", "has no value"),
        ('{"status": "success"}\n', "line 1"),
        ('a{x="1} 2\n', "cannot be read"),
        ('a{x="1" 2\n', "have no end"),
        ('a{x="1"\n', "have no end"),
        ("a{\n", "cannot be read"),
        ('a{,x="1"} 2\n', "cannot be read"),
        ("# TYPE a pump\na 1\n", "line 1: metric a: 'pump' is no type"),
        ("a 1\n# TYPE a gauge\n", "line 2: metric a: its type comes after"),
    ],
)
def test_what_is_no_exposition_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(NotAnExposition, match=message):
        read_exposition(text)
