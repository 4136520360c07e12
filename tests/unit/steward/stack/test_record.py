import json
from dataclasses import replace
from pathlib import Path

import pytest

from steward.stack import record
from steward.stack.errors import StateUnusable
from steward.stack.record import Leader, Phase, Problem, Record, ServiceRecord, Stage
from steward.stack.state import State, prepare

API = ServiceRecord(
    name="api",
    title="API",
    state=Phase.READY,
    leader=Leader(2, "boot:2"),
    ports={"http": 8080},
    url="http://127.0.0.1:8080",
    restarts=1,
    since=1.5,
    log="/logs/api.log",
)
FULL = Record(Leader(1, "boot:1"), Stage.UP, (API, replace(API, name="db", leader=None, url=None, ports={})))


@pytest.fixture
def place(tmp_path: Path) -> State:
    return prepare(tmp_path, {}, shared=False)


@pytest.mark.parametrize(
    "written", [FULL, Record(Leader(1, ""), Stage.STARTING), replace(FULL, problem=Problem("what", "mend"))]
)
def test_what_was_written_is_read(place: State, written: Record) -> None:
    record.write(place, written)
    assert record.read(place) == written


def test_there_may_be_none(place: State) -> None:
    assert record.read(place) is None
    record.forget(place)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"supervisor": 1}', "\xff", json.dumps({"supervisor": {}, "stage": "up"})]
)
def test_a_damaged_one_is_explained(place: State, text: str) -> None:
    place.record.write_text(text, encoding="latin-1")
    with pytest.raises(StateUnusable, match="is damaged") as refused:
        record.read(place)
    assert "--purge" in refused.value.mend


@pytest.mark.parametrize(("phase", "healthy"), [(Phase.READY, True), (Phase.DONE, True), (Phase.UNHEALTHY, False)])
def test_one_service_that_is_not_healthy_is_enough(phase: Phase, healthy: bool) -> None:
    assert replace(FULL, services=(API, replace(API, state=phase))).healthy is healthy


def test_a_stack_that_still_starts_is_not_healthy() -> None:
    assert FULL.healthy
    assert not replace(FULL, stage=Stage.STARTING).healthy
