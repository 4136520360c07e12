"""The ways that these settings give."""

from collections.abc import Mapping

from steward.model import Way
from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.deliver.channel import Channel
from steward.oncall.deliver.email.channel import EmailChannel
from steward.oncall.deliver.http import SECONDS, Outgoing
from steward.oncall.deliver.pagerduty.channel import PagerDutyChannel
from steward.oncall.deliver.slack.channel import SlackChannel
from steward.oncall.deliver.webhook.channel import WebhookChannel
from steward.oncall.settings import OnCallSettings


def channels(settings: OnCallSettings, *, seconds: float = SECONDS) -> Mapping[Way, Channel]:
    """Return a channel for each way that has what it needs; the others are left out. `seconds` end an attempt."""
    outgoing = Outgoing(AllowList.of(settings), seconds)
    found: dict[Way, Channel] = {}
    if settings.slack_webhook:
        answerable = settings.slack_signing_secret is not None
        found[Way.SLACK] = SlackChannel(outgoing, settings.slack_webhook, answerable)
    if settings.pagerduty_key:
        found[Way.PAGERDUTY] = PagerDutyChannel(outgoing, settings.pagerduty_url, settings.pagerduty_key)
    if settings.mail.host:
        found[Way.EMAIL] = EmailChannel(settings.mail, seconds)
    if settings.webhook_url:
        found[Way.WEBHOOK] = WebhookChannel(outgoing, settings.webhook_url)
    return found
