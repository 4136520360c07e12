"""What is to be done in a child made by `fork`, before anything else runs there."""

import os
from collections.abc import Callable
from typing import TypeAlias
from weakref import WeakMethod

_Call: TypeAlias = Callable[[], None]

_CALLS: "dict[WeakMethod[_Call], None]" = {}


def in_child(call: _Call) -> None:
    """Call a method in each child made by `fork`, as long as its object lives; in the order in which they came."""
    _CALLS[WeakMethod(call, _forget)] = None


def _forget(call: "WeakMethod[_Call]") -> None:
    _CALLS.pop(call, None)


def _call_all() -> None:
    for reference in list(_CALLS):
        call = reference()
        if call is not None:
            call()


os.register_at_fork(after_in_child=_call_all)
