import gc
from weakref import ref

from steward.instrument.forking import in_child
from steward.instrument.locking import Lock


class Called:
    def call(self) -> None:
        """Do nothing."""


def test_it_keeps_nothing_alive() -> None:
    called, lock = Called(), Lock()
    in_child(called.call)
    one, other = ref(called), ref(lock)

    del called, lock
    gc.collect()

    assert (one(), other()) == (None, None)
