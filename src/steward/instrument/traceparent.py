"""The trace that a request belongs to, by the header of W3C Trace Context."""

import re
from collections.abc import Mapping

from starlette.types import Scope

_HEADER = b"traceparent"
_VALUE = re.compile(
    rb"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?"
)
_SAMPLED = 0x01


def trace_of(scope: Scope) -> Mapping[str, str] | None:
    """Return a request's `trace_id` and `span_id`, as labels of an exemplar.

    None where the request has no `traceparent` header, an invalid one, several of them, or one that says that the
    trace is not recorded: then there is nothing to be found under its identifier.
    """
    values = [value for name, value in scope["headers"] if name.lower() == _HEADER]
    if len(values) != 1:
        return None
    parts = _VALUE.fullmatch(values[0].strip(b" \t"))
    if parts is None or not _valid(parts) or not int(parts["flags"], 16) & _SAMPLED:
        return None
    return {"trace_id": parts["trace"].decode(), "span_id": parts["span"].decode()}


def _valid(parts: re.Match[bytes]) -> bool:
    """Tell whether what looks like the header is one: only later versions than 00 may have more parts."""
    version = parts["version"]
    if version == b"ff" or (version == b"00" and parts["rest"] is not None):
        return False
    return bool(parts["trace"].strip(b"0") and parts["span"].strip(b"0"))
