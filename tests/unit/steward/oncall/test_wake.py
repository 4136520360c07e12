import asyncio
import threading

from steward.oncall.wake import Wake


async def test_ring_from_another_thread_wakes_who_waits() -> None:
    wake = Wake()
    waiting = asyncio.create_task(wake.wait(30))
    await asyncio.sleep(0)

    await asyncio.to_thread(wake)

    assert await waiting


async def test_ring_before_the_waiting_is_not_lost_and_counts_once() -> None:
    wake = Wake()
    wake()
    wake()

    assert await wake.wait(30)
    assert not await wake.wait(0.001)


def test_ring_after_the_end_of_the_loop_does_no_harm() -> None:
    async def made() -> Wake:
        return Wake()

    wake = asyncio.run(made())
    ringing = threading.Thread(target=wake)
    ringing.start()
    ringing.join()
