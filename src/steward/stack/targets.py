"""Whether Prometheus reaches everything it should: what it says of its targets."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from steward.model import Catalogue
from steward.stack.blueprint import Wish, chosen
from steward.stack.errors import ServiceFailed
from steward.stack.placement import HOST

PROMETHEUS = "prometheus"
"""The name of the service that is asked."""
_POLL_SECONDS = 0.1
_ANSWER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """One target of Prometheus."""

    job: str
    url: str
    health: str
    """`up`, `down`, or `unknown` before the first scrape."""
    error: str


def expected_jobs(catalogue: Catalogue, wish: Wish) -> frozenset[str]:
    """Return the scrape jobs whose services run here."""
    running = {service.name for service in chosen(catalogue, wish)}
    return frozenset(job.name for job in catalogue.jobs if job.service in running)


def await_up(jobs: frozenset[str], port: int, *, seconds: float, give_up: Callable[[], bool]) -> int:
    """Return the number of targets once all of them are up.

    Raises ServiceFailed when they are not in time, or when `give_up` says that there is nothing to wait for.
    """
    deadline = time.monotonic() + seconds
    while True:
        targets = ask(port)
        if targets and jobs <= {target.job for target in targets if target.health == "up"}:
            down = [target for target in targets if target.health != "up"]
            if not down:
                return len(targets)
        if time.monotonic() > deadline or give_up():
            raise ServiceFailed(_missing(jobs, targets), mend="`steward status` and `steward logs NAME` tell more")
        time.sleep(_POLL_SECONDS)


def ask(port: int) -> tuple[Target, ...]:
    """Return the targets that the Prometheus on `port` has now; none while it does not answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/api/v1/targets?state=active")
        return _targets(json.loads(connection.getresponse().read()))
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return ()
    finally:
        connection.close()


def _targets(answer: Any) -> tuple[Target, ...]:  # noqa: ANN401 - JSON of another program; each part is converted
    return tuple(
        Target(
            job=str(target["labels"]["job"]),
            url=str(target["scrapeUrl"]),
            health=str(target["health"]),
            error=str(target["lastError"]),
        )
        for target in answer["data"]["activeTargets"]
    )


def _missing(jobs: frozenset[str], targets: tuple[Target, ...]) -> str:
    if not targets:
        return "Prometheus does not tell its targets"
    lines = [
        f"{target.job} ({target.url}): {target.error or target.health}"
        for target in targets
        if target.health != "up"
    ]
    lines += [f"{job}: Prometheus does not know it" for job in sorted(jobs - {target.job for target in targets})]
    return "the services run, but Prometheus does not reach all of them:\n  " + "\n  ".join(lines)
