"""What a neighbour said, kept for a moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from steward.oncall.errors import Unavailable
from steward.oncall.services.kept import Kept


def test_a_neighbour_is_asked_again_only_after_a_while() -> None:
    now, asked = 0.0, 0

    def ask() -> int:
        nonlocal asked
        asked += 1
        return asked

    kept = Kept(ask, 5, timer=lambda: now)
    assert (kept(), kept()) == (1, 1)
    now = 4.9
    assert kept() == 1
    now = 5
    assert kept() == 2


def test_many_who_ask_at_once_cost_one_question() -> None:
    asked, come, meeting = 0, threading.Barrier(10), threading.Barrier(2)

    def ask() -> int:
        nonlocal asked
        asked += 1
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)  # for another who asks: there must be none
        return asked

    kept = Kept(ask, 60)

    def come_together(_: int) -> int:
        come.wait(10)
        return kept()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(come_together, range(10))) == {1}


def test_that_it_does_not_answer_is_kept_as_well() -> None:
    now, asked = 0.0, 0

    def ask() -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unavailable("it sleeps")
        return "awake"

    kept = Kept(ask, 5, timer=lambda: now)
    for _ in range(2):
        with pytest.raises(Unavailable, match="it sleeps"):
            kept()
    assert asked == 1
    now = 6
    assert kept() == "awake"


def test_while_it_is_slow_the_others_see_what_it_said_before_unless_that_is_old() -> None:
    now, slow, asked = 0.0, threading.Event(), threading.Event()
    says = iter(("before", "after"))

    def ask() -> str:
        if now:
            asked.set()
            assert slow.wait(10)
        return next(says)

    kept = Kept(ask, 5, timer=lambda: now)
    assert kept() == "before"
    now = 6
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept)
        assert asked.wait(10)
        assert kept() == "before"
        now = 60
        late = pool.submit(kept)
        assert not late.done()
        slow.set()
        assert (first.result(10), late.result(10)) == ("after", "after")
