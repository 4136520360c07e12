import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from steward.compile import yaml

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_what_is_written_is_read_back(value: yaml.Value) -> None:
    assert pyyaml.safe_load(yaml.dump(value, "heading")) == value


def test_lists_are_indented_and_keys_keep_their_order() -> None:
    assert yaml.dump({"b": ["x"], "a": 1}, "two\nlines") == b"# two\n# lines\nb:\n  - x\na: 1\n"


def test_equal_parts_are_written_out_and_not_aliased() -> None:
    shared = ["x"]

    assert b"&" not in yaml.dump({"a": shared, "b": shared}, "heading")


def test_lines_are_written_below_each_other() -> None:
    assert yaml.dump({"expr": "sum(a)\n/\nsum(b)", "for": "5m"}, "heading") == (
        b"# heading\nexpr: |-\n  sum(a)\n  /\n  sum(b)\nfor: 5m\n"
    )
