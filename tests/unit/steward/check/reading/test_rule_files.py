import pytest

from steward.check.reading.errors import Unreadable
from steward.check.reading.rule_files import RuleText, read_rules
from steward.check.shape import Use
from steward.model import Accepted, minutes

TWO_RULES = """\
groups:
  - name: shop
    rules:
      - record: job:orders:rate5m
        expr: sum by (job) (rate(orders_total[5m]))
      # steward: accept constant-comparison because orders cannot be negative
      - alert: NoOrders
        expr: |
          job:orders:rate5m
            <= 0
        for: 10m
        labels: {severity: warning}
        annotations: {summary: Nobody buys}
"""


@pytest.fixture
def rules() -> RuleText:
    return read_rules("shop.yml", TWO_RULES)


def test_rules_come_with_what_stands_around_them(rules: RuleText) -> None:
    record, alert = rules.rules

    assert (record.use, record.name) == (Use.RECORDING, "job:orders:rate5m")
    assert (alert.use, alert.name, alert.lasting) == (Use.ALERT, "NoOrders", minutes(10))
    assert alert.labels == (("severity", "warning"),)
    assert alert.annotations == (("summary", "Nobody buys"),)


def test_an_expression_knows_its_line_in_the_file(rules: RuleText) -> None:
    assert [rule.place.line for rule in rules.rules] == [5, 9]
    assert [rule.source.keeps_lines for rule in rules.rules] == [False, True]


def test_a_comment_accepts_a_finding_of_the_rule_below_it(rules: RuleText) -> None:
    record, alert = rules.rules

    assert record.accepts == ()
    assert alert.accepts == (Accepted("constant-comparison", "orders cannot be negative"),)
    assert rules.stray == ()


@pytest.mark.parametrize("said", ["accept cost", "accept cost because", "ignore cost because it is cheap"])
def test_a_comment_that_cannot_be_understood_is_told(said: str) -> None:
    text = TWO_RULES.replace("accept constant-comparison because orders cannot be negative", said)

    (stray,) = read_rules("shop.yml", text).stray

    assert (stray.line, stray.said) == (6, said)


def test_a_comment_below_the_last_rule_is_told() -> None:
    text = TWO_RULES + "# steward: accept cost because it is cheap\n"

    (stray,) = read_rules("shop.yml", text).stray

    assert stray.line == len(text.splitlines())


def test_a_custom_resource_of_the_operator_is_read() -> None:
    indented = "".join(f"  {line}\n" for line in TWO_RULES.splitlines())
    text = f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n{indented}"

    assert [rule.name for rule in read_rules("shop.yml", text).rules] == ["job:orders:rate5m", "NoOrders"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("groups:\n  - rules: []\n", 2, "a group without name"),
        ("groups:\n  - name: x\n    rules:\n      - alert: A\n", 4, "a rule needs `expr`"),
        ("groups:\n  - name: x\n    rules:\n      - alert: A\n        exp: up\n", 5, "a rule has no 'exp'"),
        ("groups:\n  - name: x\n    rules: 5\n", 3, "rules is no list"),
        ("groups:\n  - name: x\n    rules: [\n", 4, "no YAML"),
        ("groups:\n  - name: x\n    name: y\n", 3, "name stands twice"),
        (
            "groups:\n  - name: x\n    rules:\n      - alert: A\n        expr: up\n        for: soon\n",
            6,
            "'soon' is not a duration",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_rules("shop.yml", text)

    assert caught.value.line == line
    assert message in caught.value.message
