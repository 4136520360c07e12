import re

import pytest

from steward.model import Counter, Histogram, Label
from steward.testing.exposed import expect_declared

SOLD = Counter("sold_total", "Sold.", (Label.closed("bar", "1", "2"),))
POURED = Histogram("poured_seconds", "Poured.", buckets=(1,))
SHOWN = """\
# TYPE sold_total counter
sold_total{bar="1"} 3
# TYPE poured_seconds histogram
poured_seconds_bucket{le="1.0"} 2
poured_seconds_bucket{le="+Inf"} 2
poured_seconds_sum 1.5
poured_seconds_count 2
"""


def test_what_is_declared_is_returned_by_name() -> None:
    assert expect_declared(SHOWN, (SOLD, POURED)) == {"sold_total", "poured_seconds"}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("sold_total", "bought_total", "bought_total: not declared"),
        ("counter", "gauge", "sold_total: a gauge, declared as a counter"),
        ('{bar="1"}', "", "sold_total: with the labels , declared with bar"),
        ('bar="1"', 'bar="1",le="1"', "sold_total: with the labels bar, le, declared with bar"),
        ('bar="1"', 'bar="3"', "sold_total: bar='3', which is not declared"),
    ],
)
def test_what_is_not_is_named(before: str, after: str, why: str) -> None:
    with pytest.raises(AssertionError, match=f"^{re.escape(why)}$"):
        expect_declared(SHOWN.replace(before, after), (SOLD, POURED))
