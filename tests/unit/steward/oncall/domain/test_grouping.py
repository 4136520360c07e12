"""Which alerts are one page."""

import pytest

from steward.oncall.domain.grouping import STORM, dedup_key, page_key, page_title, storm_key
from steward.testing.oncall import MONDAY

LABELS = {"alertname": "APIDown", "cluster": "eu", "service": "api", "instance": "a", "team": "sre"}


def key(severity: str = "critical", team: str = "sre", **changes: str) -> str:
    return page_key(LABELS | changes, severity=severity, team=team)


def test_instances_of_one_cause_are_one_page() -> None:
    assert key(instance="a") == key(instance="b")


@pytest.mark.parametrize("change", ["severity", "team", "alertname", "cluster", "service"])
def test_cause_is_another_by(change: str) -> None:
    assert key(**{change: "another"}) != key()


def test_labels_cannot_make_two_causes_look_like_one() -> None:
    assert key(cluster='a", "b', service="c") != key(cluster="a", service='b", "c')


def test_no_label_makes_a_page_a_storm() -> None:
    begins = storm_key(severity="critical", team="sre")

    assert storm_key(severity="critical", team="sre", opened_at=MONDAY).startswith(begins)
    assert not key(alertname=begins).startswith(STORM)


def test_dedup_key_is_short_enough_for_anybody() -> None:
    assert len(dedup_key("x" * 10_000)) == 64


def test_title_is_one_line_of_bounded_length() -> None:
    assert page_title("APIDown", {"summary": "It\nis\r\n down"}) == "APIDown: It is down"
    assert page_title("APIDown", {}) == "APIDown"
    assert len(page_title("APIDown", {"summary": "x" * 5000})) == 200
