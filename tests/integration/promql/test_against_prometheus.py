"""What is inferred, held against what Prometheus itself answers in one world of series."""

import itertools
import json
import math
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from steward.check.expressions import join_matches_nothing, many_to_one
from steward.check.finding import Place
from steward.check.shape import Context, ExpressionCheck, ExpressionSubject, Use
from steward.promql import parse
from steward.promql.infer import infer
from steward.promql.interval import interval
from steward.promql.labels import LabelState
from steward.promql.nodes import Expression
from steward.promql.schema import SeriesInfo

pytestmark = pytest.mark.slow

_STATUS = frozenset({"200", "500"})
_SCHEMA = {
    "requests_total": SeriesInfo(
        "requests_total", "counter", "", {"job": frozenset({"shop"}), "path": None, "status": _STATUS}
    ),
    "open": SeriesInfo("open", "gauge", "", {"job": frozenset({"shop", "bar"}), "zone": frozenset({"", "a"})}),
    "up": SeriesInfo("up", "gauge", "", {"job": frozenset({"shop", "bar", "node"}), "instance": None}),
}
_WORLD = {
    'requests_total{job="shop", path="/a", status="200"}': "0+60x20",
    'requests_total{job="shop", path="/b", status="200"}': "0+30x20",
    'requests_total{job="shop", path="/a", status="500"}': "0+6x20",
    'open{job="shop", zone="a"}': "3x20",
    'open{job="bar"}': "-2x20",
    'up{job="shop", instance="1"}': "1x20",
    'up{job="node", instance="1"}': "0x20",
    'up{job="node", instance="2"}': "1x20",
    'unknown{job="shop", path="/a", extra="x"}': "5x20",
}
_LEAVES = (
    "requests_total",
    'requests_total{status="500"}',
    'requests_total{path=~"/a|/c"}',
    "rate(requests_total[5m])",
    "open",
    'open{zone=""}',
    'open{zone!="", job!~"b.*"}',
    "up",
    'up{job="node"}',
    "unknown",
    "sum(requests_total)",
    "sum by (path) (rate(requests_total[5m]))",
    "sum by (status, job) (requests_total)",
    "max without (path) (requests_total)",
    "topk by (status) (1, requests_total)",
    "bottomk(1, up)",
    'count_values("value", up)',
    "count by (job) (up)",
    "avg_over_time(up[5m])",
    "max_over_time(sum by (job) (up)[5m:1m])",
    'absent(up{job="nosuch", instance=~"a.*"})',
    'label_replace(open, "side", "$1-", "job", "(s.*)")',
    'label_replace(up, "job", "other", "instance", "1")',
    'label_join(up, "both", "-", "job", "instance")',
    "vector(2)",
    "-up",
    "+up",
    "1 - up",
    "2 > up",
    "up > bool 0",
    "hour()",
)
_OPERATORS = (
    "/",
    "-",
    "> on(job)",
    "* on(job) group_left()",
    "* on(job) group_right(zone, path)",
    "/ ignoring(path, status, instance)",
    "== bool",
    "and",
    "and on()",
    "or",
    "unless on(job)",
)
_EXPRESSIONS = (*_LEAVES, *(f"({a}) {op} ({b})" for a, op, b in itertools.product(_LEAVES, _OPERATORS, _LEAVES)))
_RESULT = re.compile(r"^\s+got: (.*)$")
_FAILED = re.compile(r'^\s+expr: (".*?"), time: 10m,(?: err: (.*))?$')
_SERIES = re.compile(r'(\{(?:[^"}]|"[^"]*")*\}) (\S+?)(?:, |$)')
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_NO_VALUE = 1_234_567
"""A value that nothing has, so that every expression fails and its result is shown."""


@dataclass(frozen=True)
class Answer:
    """What Prometheus gives for an expression."""

    node: Expression
    series: tuple[tuple[dict[str, str], float], ...]
    error: str


Answers = dict[str, Answer]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Return Prometheus' result and error for each expression."""
    file = tmp_path_factory.mktemp("promql") / "test.yml"
    _write(file)
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return dict(_read((done.stdout + done.stderr).splitlines()))


def _write(file: Path) -> None:
    wanted = [{"labels": '{never="seen"}', "value": _NO_VALUE}]
    asked = [{"expr": text, "eval_time": "10m", "exp_samples": wanted} for text in _EXPRESSIONS]
    series = [{"series": name, "values": values} for name, values in _WORLD.items()]
    tests = [{"interval": "1m", "input_series": series, "promql_expr_test": asked}]
    file.write_text(json.dumps({"tests": tests}))


def _read(lines: list[str]) -> Iterator[tuple[str, Answer]]:
    text = ""
    for line in lines:
        if failed := _FAILED.match(line):
            text = json.loads(failed[1])
            if failed[2]:
                yield text, Answer(parse(text), (), failed[2])
        elif result := _RESULT.match(line):
            yield text, Answer(parse(text), tuple(_series(result[1])), "")


def _series(result: str) -> Iterator[tuple[dict[str, str], float]]:
    for labels, value in _SERIES.findall(result):
        named = dict(_LABEL.findall(labels))
        yield {name: one for name, one in named.items() if name != "__name__"}, float(value)


def _accuses(check: ExpressionCheck, text: str, answer: Answer) -> bool:
    subject = ExpressionSubject(Use.PANEL, "x", text, answer.node, Place("x"))
    return any(check.check(subject, Context(_SCHEMA)))


def test_every_expression_was_answered(answers: Answers) -> None:
    assert set(_EXPRESSIONS) == set(answers)
    assert sum(bool(answer.series) for answer in answers.values()) > len(_EXPRESSIONS) / 10


def test_every_label_of_a_result_is_one_that_was_inferred(answers: Answers) -> None:
    for text, answer in answers.items():
        inferred = infer(answer.node, _SCHEMA)
        for labels, _ in answer.series:
            surprises = [
                name for name in {*labels, *inferred.labels} if not _can_be(inferred.label(name), labels.get(name))
            ]
            assert surprises == [], (text, labels)


def _can_be(state: LabelState, value: str | None) -> bool:
    return state.optional if not value else state.values is None or value in state.values


def test_there_are_no_more_series_than_inferred(answers: Answers) -> None:
    for text, answer in answers.items():
        most = infer(answer.node, _SCHEMA).most
        assert most is None or len(answer.series) <= most, text


def test_every_value_lies_in_its_interval(answers: Answers) -> None:
    for text, answer in answers.items():
        found = interval(answer.node, _SCHEMA)
        for _, value in answer.series:
            assert math.isnan(value) or found.low <= value <= found.high, text


def test_join_that_is_said_to_match_nothing_has_no_result(answers: Answers) -> None:
    joins = [(text, answer) for text, answer in answers.items() if " unless " not in text]
    accused = [(text, answer) for text, answer in joins if _accuses(join_matches_nothing, text, answer)]

    assert len(accused) > 1000
    assert [text for text, answer in accused if answer.series] == []


def test_ambiguous_match_is_told_before_it_fails(answers: Answers) -> None:
    known = [(text, answer) for text, answer in answers.items() if "unknown" not in text]
    failed = [(text, answer) for text, answer in known if "matching" in answer.error]

    assert len(failed) > 500
    assert [text for text, answer in failed if not _accuses(many_to_one, text, answer)] == []
