"""Which alerts are one page, and what that page is called."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

_LABELS = ("alertname", "cluster", "service")
_LONGEST_TITLE = 200
STORM = '["storm",'
"""How the key of a page for a storm begins; no other key does."""


def page_key(labels: Mapping[str, str], *, severity: str, team: str) -> str:
    """Return what alerts of one cause have in common; each of them joins the page that is open under it."""
    return json.dumps(["page", severity, team, *(labels.get(label, "") for label in _LABELS)])


def storm_key(*, severity: str, team: str, first: str = "", opened_at: datetime | None = None) -> str:
    """Return the key of a page for a storm, which begins with the page of key `first`.

    Without a time, return how every such key begins.
    """
    start = f"{STORM} {json.dumps(severity)}, {json.dumps(team)}, "
    return start if opened_at is None else f'{start}"{opened_at.isoformat()}", "{dedup_key(first)}"]'


def dedup_key(key: str) -> str:
    """Return a key as PagerDuty joins by; from Alertmanager's own of a group it is what Alertmanager sends."""
    return hashlib.sha256(key.encode()).hexdigest()


def page_title(name: str, annotations: Mapping[str, str]) -> str:
    """Return one line that says what is wrong, at most 200 characters of it."""
    summary = " ".join(annotations.get("summary", "").split())
    title = f"{name}: {summary}" if summary else name
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def storm_title(*, severity: str, team: str) -> str:
    """Return the title of a page for a storm."""
    return f"Alert storm: many pages of {team} in a short time; further {severity} alerts are counted here"
