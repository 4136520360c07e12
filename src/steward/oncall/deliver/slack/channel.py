"""Sending to Slack."""

import re
from dataclasses import dataclass, field

import httpx

from steward.model import Way
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.slack.message import message
from steward.oncall.deliver.verdict import Verdict

_WORD = re.compile(r"[a-z][a-z_]{0,60}")


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """An incoming webhook. Its address is a secret: whoever has it can write."""

    outgoing: Outgoing
    webhook: str = field(repr=False)
    answerable: bool = False
    """Whether Slack brings back who pressed a button."""
    way: Way = Way.SLACK

    async def send(self, notification: Notification) -> Verdict:
        """Try once; raises nothing."""
        content = message(notification, answerable=self.answerable)
        return await self.outgoing.post(self.webhook, content, called="Slack", said=_said)


def _said(answer: httpx.Response) -> str:
    """Return the word by which Slack says what was wrong, e.g. `channel_not_found`."""
    return answer.text if _WORD.fullmatch(answer.text) else ""
