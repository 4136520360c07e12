"""What the page on on-call says is held against the catalogue, the application and its settings."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from festivals.catalogue import CATALOGUE
from steward.instrument import Instruments
from steward.model import Policy, Step
from steward.oncall import settings
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.web.app import create
from steward.oncall.web.openapi import API_PREFIX
from steward.program.settings import Setting
from steward.testing.oncall import fresh_store
from steward.testing.operations import operations

GUIDE = (Path(__file__).parents[2] / "docs" / "ONCALL.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table whose first column is headed so."""
    table = GUIDE.partition(f"\n| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| "))] for line in table]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    store = fresh_store(tmp_path_factory.mktemp("store"))
    context = Context(
        settings=settings.OnCallSettings(),
        catalogue=CATALOGUE,
        store=store,
        clock=utc_now,
        alertmanagers=Alertmanagers(()),
        prometheus=Prometheus("http://127.0.0.1:9"),
        metrics=OnCallMetrics(Instruments(COUNTED)),
        wake=lambda: None,
    )
    yield create(context)
    store.close()


def test_table_of_steps_is_the_catalogues() -> None:
    assert CATALOGUE.oncall is not None
    assert rows("severity") == [
        [policy.severity.value, _when(step), step.to.value, ", ".join(way.title for way in step.by)]
        for policy in CATALOGUE.oncall.policies
        for step in policy.steps
    ]
    assert all(isinstance(policy, Policy) for policy in CATALOGUE.oncall.policies)


def _when(step: Step) -> str:
    if step.on_business_day:
        return "on the next business day"
    return f"after {step.after}" if step.after.milliseconds else "at once"


def test_table_of_operations_is_the_applications(app: FastAPI) -> None:
    told = {operation.strip("`"): role for operation, role, _ in rows("operation")}

    assert told == {
        f"{one.method} {one.template.removeprefix(API_PREFIX)}": str(one.role or "none")
        for one in operations(app)
        if one.template.startswith(API_PREFIX)
    }


def test_table_of_settings_is_what_the_service_reads() -> None:
    read = {one.variable: one.help for one in vars(settings).values() if isinstance(one, Setting)}

    assert {name.strip("`"): meaning for name, meaning in rows("setting")} == read
