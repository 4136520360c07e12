"""The people of one day, each of whom does one thing after another."""

import asyncio
from collections import deque
from collections.abc import Callable

from festivals.traffic.acts import act
from festivals.traffic.intentions import Intention, Step
from festivals.traffic.scene import Scene, Turn

PATIENCE_SECONDS = 30.0
"""An intention that its actor could not get to for so long is given up."""


class Troupe:
    """Hands steps to their actors; an actor with nothing to do costs nothing."""

    def __init__(self, scene: Scene, clock: Callable[[], float], group: asyncio.TaskGroup) -> None:
        self._scene = scene
        self._clock = clock
        self._group = group
        self._waiting: dict[str, deque[tuple[Intention, float]]] = {}
        self._busy: set[asyncio.Task[None]] = set()

    def hand(self, step: Step, intended: float) -> None:
        """Let the step's actor act at once, or after what they are doing and still have to do."""
        waiting = self._waiting.get(step.actor)
        if waiting is not None:
            waiting.append((step.intention, intended))
            return
        self._waiting[step.actor] = deque([(step.intention, intended)])
        task = self._group.create_task(self._work_off(step.actor))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def finish(self, seconds: float) -> None:
        """Return when everybody is done, after `seconds` at the latest; who is not done then stops."""
        if self._busy:
            _, late = await asyncio.wait(self._busy, timeout=seconds)
            for task in late:
                task.cancel()

    async def _work_off(self, name: str) -> None:
        actor, waiting = self._scene.actors[name], self._waiting[name]
        while waiting:
            intention, intended = waiting.popleft()
            if self._clock() - intended > PATIENCE_SECONDS:
                self._scene.ledger.give_up()
            else:
                await act(intention, Turn(actor, self._scene, intended))
        del self._waiting[name]
