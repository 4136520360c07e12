import pytest

from steward.check.routing.labels import alert_labels
from steward.compile.rules import Alerting
from steward.model import Labels
from steward.promql.labels import ABSENT, UNKNOWN, Inferred, LabelState


def rule(*labels: tuple[str, str]) -> Alerting:
    return Alerting("Slow", "up == 0", labels, ())


def one(*values: str, optional: bool = False) -> LabelState:
    return LabelState(frozenset(values), optional)


def test_alert_carries_its_name_its_own_labels_and_those_of_the_result() -> None:
    result = Inferred({"job": one("api"), "path": LabelState(None)})

    alert = alert_labels(rule(("severity", "warning"), ("job", "mine"), ("path", "")), result)

    assert alert.name == "Slow"
    assert {name: alert.of(name) for name in ("alertname", "severity", "job", "path", "other")} == {
        "alertname": one("Slow"),
        "severity": one("warning"),
        "job": one("mine"),
        "path": ABSENT,
        "other": ABSENT,
    }


def test_label_from_a_template_can_be_anything() -> None:
    assert alert_labels(rule(("team", "{{ $labels.team }}")), Inferred()).of("team") == UNKNOWN


def test_result_that_may_have_more_labels_may_have_any() -> None:
    assert alert_labels(rule(), Inferred(is_open=True)).of("other") == UNKNOWN


@pytest.mark.parametrize(
    ("result", "own", "expected"),
    [
        (Inferred(), (), one("eu")),
        (Inferred({"cluster": one("us")}), (), one("us")),
        (Inferred({"cluster": one("us", optional=True)}), (), one("us", "eu")),
        (Inferred(), (("cluster", "mine"),), one("mine")),
        (Inferred({"cluster": LabelState(None)}), (), LabelState(None)),
        (Inferred(is_open=True), (), LabelState(None)),
    ],
)
def test_external_label_is_added_where_the_alert_has_none(
    result: Inferred, own: Labels, expected: LabelState
) -> None:
    assert alert_labels(rule(*own), result, (("cluster", "eu"),)).of("cluster") == expected
