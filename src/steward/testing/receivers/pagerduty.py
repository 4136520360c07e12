"""PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event)."""

import json
from datetime import datetime

from steward.model import Way
from steward.oncall.domain.states import Kind
from steward.testing.receivers.http import Answer, HttpReceiver, require
from steward.testing.receivers.letters import Content, Received

KEY = "0123456789abcdef0123456789abcdef"
"""The only routing key that it knows."""

_KINDS = {"trigger": Kind.PAGE, "acknowledge": Kind.ACKNOWLEDGED, "resolve": Kind.RESOLVED}
_SEVERITIES = {"critical", "error", "warning", "info"}
_SUMMARY = 1024
_DEDUP_KEY = 255


class PagerDutyReceiver(HttpReceiver):
    """Takes events, and says what is wrong with the others."""

    path = "/v2/enqueue"

    def read(self, content: Content) -> Received:
        """Return what was told; raises Malformed."""
        action = content.get("event_action", "")
        require(content.get("routing_key") == KEY, "routing_key is invalid")
        require(action in _KINDS, f"event_action {action!r} is unknown")
        dedup_key = content.get("dedup_key", "")
        require(isinstance(dedup_key, str) and len(dedup_key) <= _DEDUP_KEY, "dedup_key is too long")
        require(bool(dedup_key) or action == "trigger", f"{action} needs a dedup_key")
        if action == "trigger":
            _check_payload(content.get("payload", {}))
        for link in content.get("links", []):
            require(str(link.get("href", "")).startswith(("http://", "https://")), "links: an href is no address")
        details = content.get("payload", {}).get("custom_details", {})
        return Received(
            Way.PAGERDUTY, "", _KINDS[action], details.get("notification", ""), json.dumps(content), content
        )

    def thanks(self, content: Content) -> Answer:
        """Return the answer to an event that was taken."""
        said = {"status": "success", "message": "Event processed", "dedup_key": content.get("dedup_key")}
        return Answer(202, json.dumps(said), {"Content-Type": "application/json"})

    def objection(self, problem: str) -> Answer:
        """Return the answer to an event that breaks a rule."""
        said = {"status": "invalid event", "message": "Event object is invalid", "errors": [problem]}
        return Answer(400, json.dumps(said), {"Content-Type": "application/json"})


def _check_payload(payload: Content) -> None:
    summary = payload.get("summary")
    require(isinstance(summary, str) and 0 < len(summary) <= _SUMMARY, "payload.summary: 1 to 1024 characters")
    require(isinstance(payload.get("source"), str) and bool(payload["source"]), "payload.source is missing")
    require(payload.get("severity") in _SEVERITIES, f"payload.severity {payload.get('severity')!r} is unknown")
    if "timestamp" in payload:
        require(datetime.fromisoformat(payload["timestamp"]).tzinfo is not None, "payload.timestamp has no zone")
