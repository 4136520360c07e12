"""Findings as JSON, for programs."""

import json
from collections.abc import Sequence

from steward.check.finding import Finding


def as_json(findings: Sequence[Finding]) -> str:
    """Return a document `{"findings": [...]}`; `start` and `end` count characters of `expression` from 0."""
    return json.dumps({"findings": [_finding(one) for one in findings]}, indent=2, ensure_ascii=False)


def _finding(one: Finding) -> dict[str, object]:
    return {
        "check": one.check,
        "level": one.level.name.lower(),
        "file": one.place.file,
        "line": one.place.line,
        "what": one.place.what,
        "message": one.message,
        "why": one.why,
        "mend": one.mend,
        "expression": one.text,
        "start": one.span.start if one.span else None,
        "end": one.span.end if one.span else None,
        "accepted": one.accepted,
    }
