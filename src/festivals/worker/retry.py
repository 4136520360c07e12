"""When a job that failed is tried again."""

import asyncio

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from festivals.domain.errors import Refusal
from festivals.services.settling import BooksDisagree

MOST_ATTEMPTS = 8
"""The last one comes about two minutes after the first."""
_LONGEST_SECONDS = 60

HOPELESS = (Refusal, BooksDisagree, TypeError, ValueError)
"""What another attempt cannot mend: a job for nothing, in the wrong state, or with arguments no task takes."""


class BackOff(BaseRetryStrategy):
    """Tries again after 1, 2, 4, … seconds, up to `MOST_ATTEMPTS` in all, unless it is hopeless.

    A job that was cut short because its worker stops is given back at once.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try `job` again after `exception`, or None when it is given up."""
        if exhausted(job.attempts) or isinstance(exception, HOPELESS):
            return None
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        return RetryDecision(retry_in={"seconds": delay_seconds(job.attempts)})


def delay_seconds(attempts: int) -> int:
    """Return how long to wait after a failure that `attempts` others came before."""
    return min(1 << attempts, _LONGEST_SECONDS)


def exhausted(attempts: int) -> bool:
    """Tell whether the attempt that `attempts` others came before was the last."""
    return attempts + 1 >= MOST_ATTEMPTS
