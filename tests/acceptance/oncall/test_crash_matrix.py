"""On-call is killed at every dangerous place, and people are told all the same.

What was answered with 200, or stands in an Alertmanager, is told at every level of its policy, by every way: at
least once, in the order of the levels, and at most once more for each kill.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from steward.model import Way
from steward.oncall import failpoints
from steward.oncall.domain.states import Kind
from steward.testing.alertmanagers import alertmanager, firing
from steward.testing.oncall import incoming
from steward.testing.ports import free_port
from steward.testing.receivers import Post, Received

pytestmark = pytest.mark.slow

NAMES = ("APIDown", "DiskFull", "QueueStuck")
LEVELS = (0, 1, 2)
WAYS = (Way.PAGERDUTY, Way.SLACK, Way.EMAIL)
PLACES = {
    failpoints.AFTER_RECEIVE: 1,
    failpoints.IN_TRANSACTION: 1,
    failpoints.AFTER_COMMIT: 1,
    failpoints.IN_SEND: 5,
    failpoints.AFTER_SEND: 5,
    failpoints.BEFORE_MARK: 5,
    failpoints.IN_TICK: 1,
}
"""Failpoint -> the how manieth passing kills."""
RECEIVING = (failpoints.AFTER_RECEIVE, failpoints.IN_TRANSACTION, failpoints.AFTER_COMMIT)
SENDING = (failpoints.IN_SEND, failpoints.AFTER_SEND, failpoints.BEFORE_MARK)


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("failpoint", "times"), PLACES.items())
def test_killed_service_tells_everything_in_order(service: Any, failpoint: str, times: int) -> None:
    service.start(f"{failpoint}:{times}")
    tell_everything(service)

    assert service.kills == 1


@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("places", "times"), [(RECEIVING, 1), (SENDING, 2)], ids=["receiving", "sending"])
def test_replicas_that_are_killed_one_here_one_there_tell_everything_in_order(
    service: Any, places: tuple[str, ...], times: int
) -> None:
    service.start(*(f"{place}:{times}" for place in places))
    tell_everything(service)

    assert service.kills == len(places)


@pytest.mark.parametrize("service", ["postgresql"], indirect=True)
def test_replicas_that_are_killed_in_a_tick_tell_everything_in_order(service: Any) -> None:
    # Any replica may be the one that ticks.
    service.start(*[f"{failpoints.IN_TICK}:1"] * len(service.replicas))
    tell_everything(service)

    assert service.kills >= 1


def tell_everything(service: Any) -> None:
    service.hears([incoming(name) for name in NAMES])
    service.until("every level was told", lambda: everything_was_told(service.post))
    service.hears([incoming(name, firing=False) for name in NAMES])
    service.until("the end was told", lambda: the_end_was_told(service.post))
    check(service.post, service.kills)


def test_service_killed_while_it_reconciles_tells_everything_in_order(service: Any, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/webhooks/alertmanager"
    with alertmanager(tmp_path, webhook=nowhere, token="x") as manager:
        for replica in service.replicas:
            replica.environment["STEWARD_ONCALL_ALERTMANAGERS"] = manager.address
        since = datetime.now(UTC) - timedelta(minutes=1)
        manager.tell(*(firing(name, since=since) for name in NAMES))
        # Any replica may be the one that reconciles.
        service.start(*[f"{failpoints.IN_RECONCILIATION}:1"] * len(service.replicas))
        service.until("every level was told", lambda: everything_was_told(service.post))

    assert service.kills >= 1
    check(service.post, service.kills)


def test_service_that_is_killed_again_and_again_tells_everything_in_order(service: Any) -> None:
    service.start("")
    service.hears([incoming(name) for name in NAMES])
    for told in range(3, len(NAMES) * len(LEVELS) * len(WAYS), 6):
        service.until("more was told", lambda told=told: len(pages_told(service.post)) >= told)
        service.replicas[told % len(service.replicas)].kill()
    service.until("every level was told", lambda: everything_was_told(service.post))

    assert service.kills > 2
    check(service.post, service.kills)


def check(post: Post, kills: int) -> None:
    told = pages_told(post)
    assert extras(told) <= kills
    for name in NAMES:
        about = [one for one in told if name in one.text]
        assert [level_of(one) for one in firsts(about)] == sorted(LEVELS * len(WAYS)), "a level out of order"
        assert {(level_of(one), one.way) for one in about} == {(level, way) for level in LEVELS for way in WAYS}


def everything_was_told(post: Post) -> bool:
    return len(firsts(pages_told(post))) >= len(NAMES) * len(LEVELS) * len(WAYS)


def the_end_was_told(post: Post) -> bool:
    ended = Counter(one.way for one in post.received if one.kind is Kind.RESOLVED)
    # A page has one incident at PagerDuty and one room, and three people have mail.
    return all(ended[way] >= len(NAMES) * (3 if way is Way.EMAIL else 1) for way in WAYS)


def pages_told(post: Post) -> list[Received]:
    return [one for one in post.received if one.kind is Kind.PAGE]


def firsts(told: Iterable[Received]) -> list[Received]:
    """Return what arrived, without what had arrived before."""
    found: dict[str, Received] = {}
    for one in told:
        found.setdefault(one.key, one)
    return list(found.values())


def extras(told: Iterable[Received]) -> int:
    return sum(count - 1 for count in Counter(one.key for one in told).values())


def level_of(one: Received) -> int:
    """Return the level of the policy that told it; the key says it after the page and its version."""
    return int(one.key.split(":")[3])
