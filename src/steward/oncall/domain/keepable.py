"""JSON of others whose texts no store would keep: NUL, and halves of characters.

Labels can hold them, and what a label holds may come from a stranger: an alert with a broken label still has to
reach people, so the broken characters are replaced, everywhere in the same way.
"""

import json
import re
from typing import Any

_MAY_HIDE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that can stand for them."""
_UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]")


def read(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything, until it is read
    """Return what JSON in UTF-8 says, with nothing that cannot be kept; raises ValueError, RecursionError."""
    found = json.loads(body.decode("utf-8"))
    return _kept(found) if _MAY_HIDE.search(body) else found


def _kept(value: Any) -> Any:  # noqa: ANN401
    match value:
        case str():
            return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {_kept(name): _kept(one) for name, one in value.items()}
        case list():
            return [_kept(one) for one in value]
        case _:
            return value
