import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.promql import parse
from steward.promql.nodes import Number, Text
from steward.promql.written import number, quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1 + 0.2, "0.3"),
        (14.4, "14.4"),
        (1e-6, "0.000001"),
        (1.5e13, "15000000000000"),
        (1000, "1000"),
        (-2.5, "-2.5"),
    ],
)
def test_numbers_have_neither_exponents_nor_noise(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(min_value=1e-9, max_value=1e15))
def test_a_number_is_read_back(value: float) -> None:
    node = parse(number(value))

    assert isinstance(node, Number)
    assert node.value == pytest.approx(value, rel=1e-11)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_string_is_read_back(text: str) -> None:
    node = parse(quoted(text))

    assert isinstance(node, Text)
    assert node.value == text
