"""What Slack sends when somebody presses a button: proven to be Slack's, then read.

https://docs.slack.dev/authentication/verifying-requests-from-slack and
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.signature import Clock, SignatureVerifier

from steward.oncall.deliver.slack.message import ACKNOWLEDGE, RESOLVE
from steward.oncall.domain.answers import Answer
from steward.oncall.errors import Invalid

_ACTIONS = {ACKNOWLEDGE: Answer.ACKNOWLEDGE, RESOLVE: Answer.RESOLVE}
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody has pressed a button."""

    member: str
    """Slack's id of who did."""
    action: Answer | None
    """None for a button that only opens something."""
    page_id: int | None
    response_url: str
    """Where Slack takes words for that person; empty for nowhere."""


class _At(Clock):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> float:
        return self._now.timestamp()


def genuine(secret: str | None, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """Return whether Slack has signed this request within the last five minutes; never without a secret."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not (secret and signature.isascii() and timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > _LONGEST_NUMBER:
        return False
    try:
        return SignatureVerifier(secret, _At(now)).is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False


def pressed(body: bytes) -> Pressed:
    """Read a request; raises Invalid."""
    payload = _payload(body)
    actions = payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    user = payload.get("user")
    value = first.get("value")
    page_id = value if isinstance(value, str) and value.isascii() and value.isdigit() else ""
    response_url = payload.get("response_url")
    return Pressed(
        member=str(user.get("id", "")) if isinstance(user, dict) else "",
        action=_ACTIONS.get(str(first.get("action_id", ""))),
        page_id=int(page_id) if 0 < len(page_id) <= _LONGEST_NUMBER else None,
        response_url=response_url if isinstance(response_url, str) else "",
    )


def _payload(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(body.decode(), strict_parsing=True, max_num_fields=10)
        payload = json.loads(fields["payload"][0])
    except (ValueError, KeyError, RecursionError):
        raise Invalid("payload: it must be a form's field that holds JSON") from None
    if not isinstance(payload, dict):
        raise Invalid("payload: it must hold an object")
    return payload
