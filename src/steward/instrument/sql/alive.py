"""What is known of objects for as long as they live."""

from typing import Generic, TypeVar
from weakref import ref

T = TypeVar("T")


class WhileAlive(Generic[T]):
    """Values by the `id` of an object, each until its object is gone: half the cost of a WeakKeyDictionary."""

    def __init__(self) -> None:
        self.by_id: dict[int, T] = {}
        """To be read."""
        self._alive: dict[int, ref[object]] = {}

    def keep(self, owner: object, value: T) -> None:
        """Know `value` of `owner`, in place of what was known."""
        key = id(owner)
        self._alive[key] = ref(owner, lambda _gone: self._forget(key))
        self.by_id[key] = value

    def _forget(self, key: int) -> None:
        # Before the memory is free for another object with the same id.
        self.by_id.pop(key, None)
        self._alive.pop(key, None)
