"""Sending to PagerDuty."""

from dataclasses import dataclass, field

import httpx

from steward.model import Way
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.pagerduty.message import event
from steward.oncall.deliver.text import without
from steward.oncall.deliver.verdict import Verdict


@dataclass(frozen=True, slots=True)
class PagerDutyChannel:
    """A service of PagerDuty's. It joins events of a page by their `dedup_key`, so a repeated one does no harm."""

    outgoing: Outgoing
    url: str
    key: str = field(repr=False)
    way: Way = Way.PAGERDUTY

    async def send(self, notification: Notification) -> Verdict:
        """Try once; raises nothing."""
        return await self.outgoing.post(
            self.url,
            event(notification, key=self.key),
            called="PagerDuty",
            said=self._said,
            reference=lambda answer: _field(answer, "dedup_key"),
        )

    def _said(self, answer: httpx.Response) -> str:
        words = ": ".join(one for one in (_field(answer, "message"), _field(answer, "errors")) if one)
        return without(words, [self.key])


def _field(answer: httpx.Response, name: str) -> str:
    try:
        content = answer.json()
    except ValueError:
        return ""
    value = content.get(name, "") if isinstance(content, dict) else ""
    return "; ".join(str(one) for one in value) if isinstance(value, list) else str(value)
