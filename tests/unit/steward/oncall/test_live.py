"""Telling browsers what has changed."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from steward.oncall.live import EVERYTHING, NOTHING, Full, Live, Topic
from steward.oncall.web.console.live import told


def topics(lines: str) -> set[str]:
    """Return what one event says has changed."""
    data = next(line for line in lines.splitlines() if line.startswith("data: "))
    return set(json.loads(data.removeprefix("data: "))["topics"])


async def test_everybody_hears_what_changed_and_nobody_hears_it_twice() -> None:
    live = Live()
    with live.listening() as one, live.listening() as other:
        live.tell(frozenset({Topic.PAGES}), 1)
        live.tell(frozenset({Topic.ALERTS}), 2)

        told = frozenset({Topic.PAGES, Topic.ALERTS})
        assert await one.heard(1) == told
        assert await other.heard(1) == told
        assert await one.heard(0) == NOTHING


async def test_nothing_is_told_where_nothing_changed() -> None:
    live = Live()
    with live.listening() as listener:
        live.tell(NOTHING, 5)

        assert await listener.heard(0) == NOTHING
    assert live.last_id == 5


async def test_only_so_many_may_listen_and_whoever_leaves_makes_room() -> None:
    live = Live(most=1)
    with live.listening():
        assert len(live) == 1
        with pytest.raises(Full), live.listening():
            pass
    with live.listening():
        assert len(live) == 1


async def test_at_the_end_whoever_waits_is_let_go_and_nobody_comes_in() -> None:
    live = Live()
    with live.listening() as listener:
        waiting = asyncio.create_task(listener.heard(60))
        await asyncio.sleep(0)
        live.close()

        assert await waiting is None
    with pytest.raises(Full), live.listening():
        pass


async def first(stream: AsyncIterator[str], count: int) -> list[str]:
    async with asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def test_a_stream_begins_with_the_newest_event_and_tells_what_follows() -> None:
    live = Live()
    live.tell(NOTHING, 7)
    stream = told(live, None)
    (begin,) = await first(stream, 1)
    live.tell(frozenset({Topic.SILENCES}), 8)
    (event,) = await first(stream, 1)

    assert "id: 7\n" in begin
    assert "event:" not in begin
    assert "event: changed\nid: 8\n" in event
    assert topics(event) == {"silences"}


@pytest.mark.parametrize(("heard", "news"), [(7, set()), (6, {str(one) for one in EVERYTHING})])
async def test_whoever_comes_back_hears_that_something_changed_meanwhile(heard: int, news: set[str]) -> None:
    live = Live()
    live.tell(NOTHING, 7)
    stream = told(live, heard)
    await first(stream, 1)
    live.tell(frozenset({Topic.PAGES}), 8)
    (event,) = await first(stream, 1)

    assert topics(event) == (news or {"pages"})


async def test_a_stream_ends_when_the_service_does_and_is_counted_no_more() -> None:
    live = Live()
    stream = told(live, None)
    await first(stream, 1)
    live.close()

    assert [one async for one in stream] == []
    assert len(live) == 0
