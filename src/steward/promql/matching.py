"""Whether a condition on a label lets a value through: Prometheus' semantics, which Alertmanager shares.

Regular expressions match whole values.
"""

import re
from functools import lru_cache

from steward.promql.nodes import MatchOperator

_TOP_LEVEL = re.compile(r"[^()\[\]{}\\]*")


def takes(operator: MatchOperator, wanted: str, value: str) -> bool | None:
    """Tell whether a condition lets a value through; None where its pattern is beyond us."""
    if operator in {"=", "!="}:
        return (value == wanted) == (operator == "=")
    pattern = compiled(wanted)
    if pattern is None:
        return None
    return (pattern.fullmatch(value) is not None) == (operator == "=~")


def alternatives(pattern: str) -> tuple[str, ...]:
    """Return the parts of a pattern such as `a|b`; the pattern itself where it has groups."""
    return tuple(pattern.split("|")) if _TOP_LEVEL.fullmatch(pattern) else (pattern,)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern; None for what Go's syntax has beyond Python's, e.g. classes of Unicode."""
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None
