import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Job

from festivals.domain.errors import Conflict, NotFound
from festivals.services.settling import BooksDisagree
from festivals.store.database import DatabaseUnavailable
from festivals.worker.retry import MOST_ATTEMPTS, BackOff, delay_seconds, exhausted

OUTAGE = DatabaseUnavailable("the database cannot be used now", timeout=False)


def a_job(attempts: int) -> Job:
    return Job(
        id=1,
        queue="festivals",
        lock=None,
        queueing_lock=None,
        task_name="deliver_ticket",
        task_kwargs={},
        attempts=attempts,
    )


def waits(error: BaseException, attempts: int = 0) -> float | None:
    """Return the seconds until the next attempt, None where there is none."""
    decision = BackOff().get_retry_decision(exception=error, job=a_job(attempts))
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - datetime.now(UTC)) / timedelta(seconds=1)


def test_each_wait_is_twice_the_one_before_up_to_a_minute() -> None:
    assert [delay_seconds(attempts) for attempts in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_an_outage_is_waited_out() -> None:
    for attempts in range(MOST_ATTEMPTS - 1):
        waited = waits(OUTAGE, attempts)
        assert waited is not None
        assert waited == pytest.approx(delay_seconds(attempts), abs=0.5)


def test_the_last_attempt_is_the_last() -> None:
    assert waits(OUTAGE, MOST_ATTEMPTS - 1) is None
    assert exhausted(MOST_ATTEMPTS - 1)
    assert not exhausted(MOST_ATTEMPTS - 2)


@pytest.mark.parametrize(
    "error",
    [
        NotFound("there is no ticket"),
        Conflict("festival rock is open"),
        BooksDisagree("one cent is missing"),
        ValueError("badly formed hexadecimal UUID string"),
        TypeError("got an unexpected keyword argument"),
    ],
)
def test_what_cannot_be_mended_is_not_tried_again(error: Exception) -> None:
    assert waits(error) is None


def test_a_job_cut_short_by_its_workers_end_is_given_back_at_once() -> None:
    waited = waits(asyncio.CancelledError(), 3)
    assert waited is not None
    assert waited <= 0.5
