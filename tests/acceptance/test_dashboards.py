"""Every query of every dashboard gives data on a running stack that something happens to."""

import math
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from festivals.catalogue import CATALOGUE
from steward.model import Dashboard, Panel
from steward.testing.folders import open_folder
from steward.testing.polling import eventually
from steward.testing.stack import Stack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCRAPED_EVERY = 2
"""Seconds, at a scale of 20."""
FILLED_IN = {
    "$__rate_interval": f"{4 * SCRAPED_EVERY}s",
    "$__interval": f"{SCRAPED_EVERY}s",
    "$__range": "1m",
    "$festival": ".+",
    "$slo": ".+",
}
TRIAL = {"alertname": "ProofOfDelivery", "severity": "critical", "team": "sre", "service": "monitoring"}
NEVER_HERE: dict[str, str] = {}
"""Panel -> why this stack cannot give it data. None is known."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a panel, or of what is marked in a dashboard's charts."""

    where: str
    expr: str
    panel: Panel | None = None

    @property
    def filled(self) -> str:
        """The expression without variables."""
        expr = self.expr
        for name, value in FILLED_IN.items():
            expr = expr.replace(name, value)
        return expr


def questions() -> list[Question]:
    return [one for board in CATALOGUE.dashboards for one in (*asked_by(board), *marks_of(board))]


def asked_by(board: Dashboard) -> list[Question]:
    return [
        Question(f"{board.file}: {panel.title}, query {number}", query.expr, panel)
        for panel in board.panels
        for number, query in enumerate(panel.queries, start=1)
        if panel.title not in NEVER_HERE
    ]


def marks_of(board: Dashboard) -> list[Question]:
    """Return what is asked for marks; a mark is a value above 0."""
    return [Question(f"{board.file}: marks of {mark.name}", f"({mark.expr}) > 0") for mark in board.annotations]


@pytest.fixture(scope="module")
def begun() -> float:
    return time.time()


@pytest.fixture(scope="module")
def troubled(begun: float) -> Iterator[Stack]:
    """Start a stack under traffic, break its database down, start a program anew, and page somebody."""
    with open_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/nobody")
        stack = Stack.beside(CATALOGUE, project=ROOT, state=folder / "state")
        started = stack.steward("up", "--traffic", "--detach", "--scale", "20")
        try:
            assert started.returncode == 0, started.stdout + started.stderr
            make_trouble(stack)
            yield stack
        finally:
            stack.steward("down", "--purge")


def make_trouble(stack: Stack) -> None:
    eventually("money moves", lambda: stack.query("sum(rate(festivals_transactions_total[8s])) > 0"))
    httpx.post(
        f"http://127.0.0.1:{stack.ports['alertmanager']}/api/v2/alerts",
        json=[{"labels": TRIAL, "annotations": {"summary": "A trial"}}],
    ).raise_for_status()
    services = stack.services()
    for name in ("postgres", "admin"):
        os.kill(services[name]["pid"], signal.SIGKILL)


def answer(stack: Stack, question: Question, begun: float) -> list[float]:
    """Return every value that the query had since the stack was started, NaN left out."""
    asked: dict[str, Any] = stack.get(
        "prometheus",
        "/api/v1/query_range",
        query=question.filled,
        start=str(begun),
        end=str(time.time()),
        step=str(SCRAPED_EVERY),
    ).json()
    assert asked["status"] == "success", f"{question.where}: {asked['error']}\n{question.filled}"
    values = (float(value) for series in asked["data"]["result"] for _, value in series["values"])
    return [value for value in values if not math.isnan(value)]


def test_every_query_gives_data_within_the_limits_of_its_panel(troubled: Stack, begun: float) -> None:
    waiting = questions()

    def answered() -> bool:
        for question in tuple(waiting):
            if values := answer(troubled, question, begun):
                assert outside(question, values) == [], f"{question.where}: off its scale"
                waiting.remove(question)
        return not waiting

    try:
        eventually("every query gives data", answered, seconds=90)
    except AssertionError as error:
        raise AssertionError(f"{error}: " + "; ".join(question.where for question in waiting)) from None


def outside(question: Question, values: list[float]) -> list[float]:
    """Return the values that the panel's scale does not hold; an overspent budget may fall off it."""
    panel = question.panel
    lowest = panel.smallest if panel and panel.smallest is not None else -math.inf
    highest = panel.largest if panel and panel.largest is not None else math.inf
    return [] if lowest < 0 else [value for value in values if not lowest <= value <= highest + 1e-9]
