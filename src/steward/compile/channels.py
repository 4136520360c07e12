"""A receiver's channels as Alertmanager is told of them.

What a channel needs and does not have where it runs leaves it out: no secret, no mail server, no such service. So
a workstation without secrets has receivers that tell nobody, and no notification that fails.

The file of a channel's secret stands first in its part: the start script of the container looks for it there.
"""

from steward.compile import yaml
from steward.compile.placement import Placement
from steward.compile.templates import use
from steward.model import Catalogue, Channel, Email, PagerDuty, Receiver, Slack, Webhook

ALERTMANAGER = "alertmanager"
"""Name of the service that reads the secrets of channels."""

Part = dict[str, yaml.Value]


def receiver(catalogue: Catalogue, placement: Placement, declared: Receiver) -> Part:
    """Return a receiver with those of its channels that work in this placement."""
    content: dict[str, list[Part]] = {}
    for channel in declared.channels:
        if part := _channel(catalogue, placement, channel):
            content.setdefault(_KEYS[type(channel)], []).append(part)
    return {"name": declared.name, **content}


_KEYS = {
    Slack: "slack_configs",
    PagerDuty: "pagerduty_configs",
    Email: "email_configs",
    Webhook: "webhook_configs",
}


def _channel(catalogue: Catalogue, placement: Placement, channel: Channel) -> Part | None:
    match channel:
        case Slack():
            return _slack(catalogue, placement, channel)
        case PagerDuty():
            return _pagerduty(catalogue, placement, channel)
        case Email():
            return _email(catalogue, channel) if placement.mail else None
        case Webhook():
            return _webhook(placement, channel)


def _slack(catalogue: Catalogue, placement: Placement, channel: Slack) -> Part | None:
    if not placement.has(channel.webhook):
        return None
    return {
        "api_url_file": placement.secret(ALERTMANAGER, channel.webhook.name),
        "channel": channel.channel,
        "send_resolved": True,
        "color": use(catalogue, "slack.color"),
        "title": use(catalogue, "slack.title"),
        "title_link": "{{ .ExternalURL }}",
        "fallback": use(catalogue, "slack.fallback"),
        "text": use(catalogue, "slack.text"),
    }


def _pagerduty(catalogue: Catalogue, placement: Placement, channel: PagerDuty) -> Part | None:
    if not placement.has(channel.key):
        return None
    return {
        "service_key_file": placement.secret(ALERTMANAGER, channel.key.name),
        "send_resolved": True,
        "description": use(catalogue, "pagerduty.description"),
        "client": catalogue.title,
        "client_url": "{{ .ExternalURL }}",
        "details": {
            "severity": "{{ .CommonLabels.severity }}",
            "team": "{{ .CommonLabels.team }}",
            "summary": "{{ .CommonAnnotations.summary }}",
            "description": "{{ .CommonAnnotations.description }}",
            "runbook": "{{ .CommonAnnotations.runbook_url }}",
            "dashboard": "{{ .CommonAnnotations.dashboard_url }}",
            "started": use(catalogue, "pagerduty.started"),
            "firing": use(catalogue, "pagerduty.firing"),
        },
    }


def _email(catalogue: Catalogue, channel: Email) -> Part:
    return {
        "to": channel.to,
        "send_resolved": True,
        "headers": {"Subject": use(catalogue, "email.subject")},
        "text": use(catalogue, "email.text"),
        "html": use(catalogue, "email.html"),
    }


def _webhook(placement: Placement, channel: Webhook) -> Part | None:
    address = placement.address(channel.service, None)
    if address is None or (channel.token and not placement.has(channel.token)):
        return None
    http: Part = {"follow_redirects": False}
    if channel.token:
        file = placement.secret(ALERTMANAGER, channel.token.name)
        http["authorization"] = {"credentials_file": file}
    return {"url": f"http://{address}{channel.path}", "send_resolved": True, "http_config": http}
