from collections.abc import Callable

import pytest

from steward.check.finding import Finding, Level, Place
from steward.check.runbooks import Served
from steward.model import Severity

Find = Callable[..., list[Finding]]
DOWN = Served("APIDown", "api-down", Severity.CRITICAL, "sre")
SLOW = Served("APISlow", "api-down", Severity.WARNING, "backend")


def test_page_and_alerts_that_agree_give_no_finding(find: Find, page: str) -> None:
    assert find(page) == []


def test_alert_without_a_page(find: Find, page: str) -> None:
    (finding,) = find(page, (DOWN, SLOW, Served("RedisDown", "redis-down", Severity.CRITICAL, "sre")))

    assert (finding.check, finding.level) == ("runbook-missing", Level.ERROR)
    assert finding.place == Place("runbooks/redis-down.md", None, "alert RedisDown")
    assert "RedisDown links the runbook redis-down, which does not exist" in finding.message


def test_page_that_no_alert_links(find: Find, page: str) -> None:
    (finding,) = find(page, ())

    assert (finding.check, finding.place.what) == ("runbook-serves-nobody", "runbook api-down")


def test_page_that_names_an_alert_which_does_not_exist(find: Find, page: str) -> None:
    (finding,) = find(page, (DOWN,))

    assert finding.check == "runbook-serves-nobody"
    assert finding.message == "no alert is called APISlow"
    assert finding.place == Place("runbooks/api-down.md", 3, "alert APISlow")


def test_page_that_names_an_alert_of_another_page(find: Find, page: str) -> None:
    elsewhere = Served("APISlow", "api-slow", Severity.WARNING, "backend")

    found = find(page, (DOWN, elsewhere))

    assert [finding.message for finding in found if finding.check == "runbook-serves-nobody"] == [
        "APISlow links the runbook api-slow, not this one"
    ]


def test_alert_that_its_page_does_not_name(find: Find, page: str) -> None:
    (finding,) = find(page.replace(", APISlow", ""))

    assert (finding.check, finding.place.what) == ("runbook-serves-nobody", "alert APISlow")


@pytest.mark.parametrize("title", ["Symptoms", "Impact", "Diagnosis", "Fix", "Verification", "Escalation"])
def test_missing_section(find: Find, page: str, title: str) -> None:
    (finding,) = find(page.replace(f"## {title}\n", ""))

    assert (finding.check, finding.place.what) == ("runbook-section-missing", f"section {title}")


def test_front_matter_that_cannot_be_read_is_the_only_finding_about_it(find: Find, page: str) -> None:
    (finding,) = find(page.replace("owner: sre\n", ""))

    assert (finding.check, finding.level) == ("runbook-front-matter-unreadable", Level.ERROR)
    assert "lacks `owner`" in finding.message
    assert finding.place == Place("runbooks/api-down.md", 1, "runbook api-down")


def test_front_matter_that_is_no_yaml_is_found_at_its_line(find: Find, page: str) -> None:
    (finding,) = find(page.replace("severity: critical", "severity: [critical"))

    assert finding.place.line == 5


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("severity: critical", "severity: warning", 4, "the worst of its alerts is critical"),
        ("severity: critical", "severity: urgent", 4, "its severity is urgent"),
        ("owner: sre", "owner: dba", 5, "its alerts belong to backend, sre"),
    ],
)
def test_page_that_is_outdated(find: Find, page: str, old: str, new: str, line: int, words: str) -> None:
    (finding,) = find(page.replace(old, new))

    assert (finding.check, finding.place.line) == ("runbook-outdated", line)
    assert words in finding.message


def test_query_that_is_no_expression(find: Find, page: str) -> None:
    (finding,) = find(page.replace("== 0", "== =="))

    assert (finding.check, finding.level) == ("runbook-query-unreadable", Level.ERROR)
    assert finding.place.line == page.splitlines().index('   up{job="festivals-api"}') + 1
    assert finding.text == 'up{job="festivals-api"}\n  == =='
    assert finding.span is not None
