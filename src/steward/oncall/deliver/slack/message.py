"""A notification as Slack shows it, within the limits of its blocks.

What comes from outside stands in plain text, or is escaped so that it mentions nobody and hides no address.
https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/messaging/formatting-message-text
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from steward.oncall.deliver import wording
from steward.oncall.deliver.notification import AlertLine, Notification
from steward.oncall.deliver.text import clipped, one_line, several_lines
from steward.oncall.domain.states import Kind

ACKNOWLEDGE = "page.acknowledge"
"""The `action_id` of a button; its value is the page's id."""
RESOLVE = "page.resolve"

Block = dict[str, Any]

_COLORS = {"critical": "#b3261e", "warning": "#b26a00"}
_GOOD, _OTHER = "#2a7d46", "#2f6db5"

_ALERTS = 10
_TEXT, _FALLBACK, _ID, _ADDRESS = 2_900, 3_000, 255, 3_000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LONGEST_ENTITY = 5
_MEMBER = re.compile(r"[UW][A-Z0-9]{1,30}")


def message(notification: Notification, *, answerable: bool) -> Block:
    """Return what the webhook is sent; `answerable` puts buttons under a page that Slack sends back to us."""
    content: Block = {
        "text": _line(notification),
        "unfurl_links": False,
        "unfurl_media": False,
        "attachments": [
            {"color": _color(notification), "blocks": list(_blocks(notification, answerable=answerable))}
        ],
    }
    if notification.address:
        content["channel"] = notification.address
    return content


def escaped(text: str, limit: int) -> str:
    """Return text in which Slack sees neither a mention nor a link, at most `limit` characters long."""
    short = clipped(text, max(1, limit // _LONGEST_ENTITY)) if _needs(text, limit) else text
    return "".join(_ENTITIES.get(char, char) for char in short)


def _needs(text: str, limit: int) -> bool:
    return sum(len(_ENTITIES.get(char, char)) for char in text) > limit


def _line(notification: Notification) -> str:
    mention = f"<@{notification.mention}> " if _MEMBER.fullmatch(notification.mention) else ""
    return f"{mention}*{escaped(wording.headline(notification), _FALLBACK)}*"


def _blocks(notification: Notification, *, answerable: bool) -> Iterator[Block]:
    opening = wording.status(notification) or notification.text or wording.headline(notification)
    yield {**_section(several_lines(opening, _TEXT)), "block_id": _identity(notification)}
    if facts := wording.facts(notification):
        yield {"type": "section", "fields": [_plain(f"{name}: {value}", 500) for name, value in facts]}
    for alert in notification.alerts[:_ALERTS]:
        yield _section(_alert(alert))
        yield from _links(alert)
    if more := wording.left_out(notification):
        yield {"type": "context", "elements": [_plain(more, 100)]}
    if buttons := list(_buttons(notification, answerable=answerable)):
        yield {"type": "actions", "elements": buttons}


def _identity(notification: Notification) -> str:
    """Return an id by which a repeated message can be told from a new one."""
    identity = f"{notification.kind}|{notification.key}"
    return identity if len(identity) <= _ID else f"{notification.kind}|{_digest(notification.key)}"


def _alert(alert: AlertLine) -> str:
    lines = (
        f"{one_line(alert.name, 200)}: {wording.state(alert)}",
        one_line(alert.summary, 500),
        several_lines(alert.description, 1_000),
        wording.labels(alert),
    )
    return several_lines("\n".join(line for line in lines if line), _TEXT)


def _links(alert: AlertLine) -> Iterator[Block]:
    marks = [f"<{_address(address)}|{name}>" for name, address in wording.links(alert) if len(address) < 600]
    if marks:
        text = {"type": "mrkdwn", "text": " · ".join(marks), "verbatim": True}
        yield {"type": "context", "elements": [text]}


def _address(address: str) -> str:
    """Return an address in which nothing ends a link early."""
    return address.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _buttons(notification: Notification, *, answerable: bool) -> Iterator[Block]:
    page = str(notification.page_id or "")
    if answerable and page and notification.kind is Kind.PAGE:
        yield _button("Acknowledge", ACKNOWLEDGE, value=page, style="primary")
    if answerable and page and notification.kind in {Kind.PAGE, Kind.ACKNOWLEDGED}:
        yield _button("Resolve", RESOLVE, value=page)
    if 0 < len(notification.actions.page) <= _ADDRESS:
        yield _button("Open", "page.open", url=notification.actions.page)


def _button(text: str, action: str, **more: str) -> Block:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action, **more}


def _section(text: str) -> Block:
    return {"type": "section", "text": _plain(text, _TEXT)}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clipped(text, limit) or "-", "emoji": False}


def _color(notification: Notification) -> str:
    if notification.kind is not Kind.PAGE:
        return _GOOD if notification.kind is Kind.RESOLVED else _OTHER
    return _COLORS.get(notification.severity, _OTHER)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
