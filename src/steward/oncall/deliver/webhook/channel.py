"""Sending to a service of somebody's own."""

from dataclasses import dataclass, field

from steward.model import Way
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.verdict import Refused, Verdict
from steward.oncall.deliver.webhook.message import message


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """An address that takes JSON; `Idempotency-Key` is the same at each attempt."""

    outgoing: Outgoing
    url: str = field(repr=False)
    """Where a notification goes that has no address of its own."""
    way: Way = Way.WEBHOOK

    async def send(self, notification: Notification) -> Verdict:
        """Try once; raises nothing."""
        url = notification.address or self.url
        if not url:
            return Refused("the webhook has no address")
        headers = {"Idempotency-Key": notification.key.encode("ascii", "backslashreplace").decode()}
        return await self.outgoing.post(url, message(notification), called="the webhook", headers=headers)
