import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.promql import Duration, PromqlError, parse
from steward.promql.nodes import Aggregation, Binary, Call, Matching, Node, Number, Selector, Subquery, walk

EXPRESSIONS = [
    'sum by (path) (rate(m_total{status=~"5..",a!="b"}[5m] offset 1m)) / on(path) group_left(x) sum(n) > bool 0.5',
    "rate(m[5m:1m] @ 5)",
    'm{a="\\""} or vector(0)',
    'count_values("x", m)',
    '{__name__=~"a.*"}',
    "-m^2",
    "+m",
    "m offset -5m",
    "m @ start()",
    "m[5m] # the last five minutes\n",
    "topk(3, m)",
    "sum(m) by (a)",
    "m + on(a) group_left() n",
    "m * on(a) group_right n",
    '{"foo.bar"}',
    '{__name__="x",a="b"}',
    "1e3 + -1",
    "a:b:c unless ((d))",
    "SUM(m)",
    "m and on() (n > 3)",
    "(a+b)*c",
    "m[5m] @ end() offset 1w",
    "(m)[5m:]",
    'a{b="c",}',
    "5 * -(3)",
    "Inf",
    "m % 1h",
    "a - -b",
    "-1^2",
    "max_over_time(sum(rate(m[1m]))[1h:30s])",
    'label_replace(m, "a", "$1", "b", "(.*)")',
    "sum without () (m)",
    "m == bool 1",
    "a{b='c'}",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_each_part_lies_within_its_parent(text: str) -> None:
    def look(node: Node, low: int, high: int) -> None:
        assert low <= node.span.start < node.span.end <= high, node.span.of(text)

    tree = parse(text)
    for node in walk(tree):
        look(node, tree.span.start, tree.span.end)
        for child in [one for one in walk(node) if one is not node]:
            look(child, node.span.start, node.span.end)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_selectors_own_text_reads_as_the_same_selector(text: str) -> None:
    for node in walk(parse(text)):
        if isinstance(node, Selector):
            again = parse(node.span.of(text))
            assert isinstance(again, Selector)
            assert (again.name, again.range, again.offset) == (node.name, node.range, node.offset)
            assert [(m.label, m.value) for m in again.matchers] == [(m.label, m.value) for m in node.matchers]


def test_matchers_know_their_places() -> None:
    text = 'm{a = "x", b!~"y|z"}'
    selector = parse(text)

    assert isinstance(selector, Selector)
    assert [one.span.of(text) for one in selector.matchers] == ['a = "x"', 'b!~"y|z"']
    assert selector.name_span.of(text) == "m"


def test_range_offset_and_pin_are_kept() -> None:
    selector = parse("m[1h30m] offset 1w")
    pinned = parse("m[5m] @ end()")

    assert isinstance(selector, Selector)
    assert isinstance(pinned, Selector)
    assert selector.range == Duration.parse("90m")
    assert selector.offset == Duration.parse("7d")
    assert pinned.pinned


def test_offset_can_lie_in_the_future() -> None:
    selector = parse("m offset -5m")

    assert isinstance(selector, Selector)
    assert selector.offset == Duration.of(-300)
    assert str(selector.offset) == "-5m"


def test_aggregation_has_its_grouping_on_either_side() -> None:
    before, after = parse("sum by (a, b) (m)"), parse("sum(m) without (a)")

    assert isinstance(before, Aggregation)
    assert isinstance(after, Aggregation)
    assert (before.grouping, before.labels) == ("by", ("a", "b"))
    assert (after.grouping, after.labels) == ("without", ("a",))


def test_parameter_stands_before_the_operand() -> None:
    node = parse("topk(3, m)")

    assert isinstance(node, Aggregation)
    assert isinstance(node.parameter, Number)
    assert isinstance(node.operand, Selector)


def test_join_says_how_it_matches() -> None:
    node = parse("m * on(a, b) group_left(c) n")

    assert isinstance(node, Binary)
    assert node.matching == Matching("on", ("a", "b"))
    assert (node.group, node.include) == ("left", ("c",))


def test_subquery_has_range_and_step() -> None:
    node = parse("max_over_time(m[1h:30s])")

    assert isinstance(node, Call)
    (subquery,) = node.arguments
    assert isinstance(subquery, Subquery)
    assert (subquery.range, subquery.step) == (Duration.of(3600), Duration.of(30))


@pytest.mark.parametrize("text", ["", "  # nothing\n", "sum(", "m{a=}", "nosuch(m)", "m[5x]", "m m", "1 +", "m §"])
def test_what_is_no_expression_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(PromqlError) as refused:
        parse(text)

    assert refused.value.text == text
    assert refused.value.message


_NAMES = st.sampled_from(["a", "b_total", "c:d"])
_LABELS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(_NAMES, _LABELS)
def test_any_label_value_is_read_as_it_was_meant(name: str, value: str) -> None:
    written = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    selector = parse(f'{name}{{x="{written}"}}')

    assert isinstance(selector, Selector)
    assert [one.value for one in selector.matchers] == [value]
