"""Each broken file is found by the check it is named for and by no other; good ones are left in peace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from steward.check.finding import Finding, Level
from steward.check.registry import NAMES
from steward.check.showing.text import shown

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").iterdir())
GOOD = sorted((HERE / "good").iterdir())
OF_A_CATALOGUE = {
    "dashboard-missing",
    "dead-recording",
    "far-example",
    "panel-runbook-missing",
    "runbook-query-unreadable",
    *(name for name in NAMES if name.startswith("runbook-")),
}
"""Checks of what no file alone can show."""

Lint = Callable[[Path], list[Finding]]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_broken_file_is_found_by_its_check_and_by_no_other(path: Path, lint: Lint) -> None:
    found = lint(path)

    assert {finding.check for finding in found} == {path.stem}
    assert all(finding.level >= Level.WARNING for finding in found)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_finding_says_where_why_and_how_to_mend_it(path: Path, lint: Lint) -> None:
    for finding in lint(path):
        assert finding.place.file == path.name
        assert finding.place.line is not None
        assert finding.place.line <= len(path.read_text().splitlines())
        assert finding.message
        assert finding.why.endswith(".")
        assert finding.mend


def test_every_check_has_a_broken_file() -> None:
    assert {path.stem for path in BROKEN} == NAMES - OF_A_CATALOGUE


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_rules_are_left_in_peace(path: Path, lint_alone: Lint) -> None:
    assert [shown(finding) for finding in lint_alone(path) if finding.level >= Level.WARNING] == []


@pytest.mark.parametrize("name", ["node.yml", "prometheus.yml"])
def test_good_rules_are_left_in_peace_where_their_metrics_are_known(name: str, lint: Lint) -> None:
    assert [shown(finding) for finding in lint(HERE / "good" / name)] == []
