"""Slack's incoming webhooks and interactions, with the limits of Block Kit.

https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/messaging/formatting-message-text
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from steward.model import Way
from steward.oncall.domain.states import Kind
from steward.testing.receivers.http import Answer, HttpReceiver, require
from steward.testing.receivers.letters import Content, Received

SIGNING_SECRET = "the app's signing secret"  # noqa: S105 - of no app

_TEXT, _SECTION, _FIELD, _HEADER, _BUTTON = 4_000, 3_000, 2_000, 150, 75
_BLOCKS, _FIELDS, _ELEMENTS = 50, 10, 25
_VALUE, _ADDRESS, _ID = 2_000, 3_000, 255
_MARK = re.compile(r"<(?:@[UW][A-Z0-9]+|https?://[^<>|]+(?:\|[^<>|]+)?)>")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


class SlackReceiver(HttpReceiver):
    """Takes messages that Slack would show, whole and with nobody mentioned by accident."""

    path = "/services/T000/B000/SecretOfTheWebhook"

    def read(self, content: Content) -> Received:
        """Return what was told; raises Malformed."""
        text = content.get("text", "")
        require(isinstance(text, str) and bool(text), "no_text")
        require(len(text) <= _TEXT, "msg_too_long")
        _check_marks(text)
        blocks = [*content.get("blocks", [])]
        for attachment in content.get("attachments", []):
            blocks += attachment.get("blocks", [])
        require(len(blocks) <= _BLOCKS, "invalid_blocks: too many")
        for block in blocks:
            _check_block(block)
        identity = str(blocks[0].get("block_id", "")) if blocks else ""
        kind, _, key = identity.partition("|")
        require(kind in set(Kind), f"block_id {identity!r} does not begin with a kind")
        read = "\n".join([text, *_texts(blocks)])
        return Received(Way.SLACK, content.get("channel", ""), Kind(kind), key, read, content)

    def thanks(self, _content: Content) -> Answer:
        """Return the answer to a message that was taken."""
        return Answer(200, "ok")

    def objection(self, problem: str) -> Answer:
        """Return the answer to a message that breaks a rule: a word."""
        return Answer(400, problem.partition(":")[0])


def pressed(
    message: Received,
    action: str,
    *,
    at: datetime,
    user: str = "U0ANN",
    secret: str = SIGNING_SECRET,
    response_url: str = "",
) -> tuple[dict[str, str], bytes]:
    """Return headers and body that Slack sends when `user` presses the button with that `action_id`."""
    button = next(
        element
        for attachment in message.content.get("attachments", [])
        for block in attachment["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == action
    )
    payload = {
        "type": "block_actions",
        "user": {"id": user, "username": user.lower(), "name": user.lower()},
        "response_url": response_url,
        "actions": [{"type": "button", "action_id": action, "value": button.get("value", "")}],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    timestamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }
    return headers, body


def _check_block(block: Content) -> None:
    kind = block.get("type")
    require(kind in {"section", "header", "actions", "context", "divider"}, f"invalid_blocks: {kind!r}")
    require(0 < len(block.get("block_id", "x")) <= _ID, "invalid_blocks: block_id")
    if "text" in block:
        _check_text(block["text"], _HEADER if kind == "header" else _SECTION)
    require(len(block.get("fields", [])) <= _FIELDS, "invalid_blocks: too many fields")
    for field in block.get("fields", []):
        _check_text(field, _FIELD)
    require(kind != "section" or bool(block.get("text") or block.get("fields")), "invalid_blocks: empty section")
    elements = block.get("elements", [])
    require(len(elements) <= _ELEMENTS, "invalid_blocks: too many elements")
    require(kind not in {"actions", "context"} or bool(elements), f"invalid_blocks: {kind} without elements")
    for element in elements:
        if kind == "actions":
            _check_button(element)
        else:
            _check_text(element, _FIELD)


def _check_button(button: Content) -> None:
    require(button.get("type") == "button", "invalid_blocks: not a button")
    require(button["text"].get("type") == "plain_text", "invalid_blocks: a button's text is plain")
    _check_text(button["text"], _BUTTON)
    require(0 < len(button.get("action_id", "")) <= _ID, "invalid_blocks: action_id")
    require(len(button.get("value", "")) <= _VALUE, "invalid_blocks: value")
    url = button.get("url")
    require(
        url is None or (url.startswith(("http://", "https://")) and len(url) <= _ADDRESS), "invalid_blocks: url"
    )


def _check_text(text: Content, limit: int) -> None:
    require(text.get("type") in {"plain_text", "mrkdwn"}, "invalid_blocks: kind of text")
    require(0 < len(text.get("text", "")) <= limit, f"invalid_blocks: a text of {len(text.get('text', ''))}")
    if text["type"] == "mrkdwn":
        _check_marks(text["text"])


def _check_marks(text: str) -> None:
    """Refuse what would mention a channel, or hide an address behind words that came from outside."""
    rest = _ENTITY.sub("", _MARK.sub("", text))
    require(not set("<>&") & set(rest), f"invalid_blocks: something unescaped in {text!r}")


def _texts(blocks: list[Content]) -> Iterator[str]:
    for block in blocks:
        for one in (block.get("text"), *block.get("fields", []), *block.get("elements", [])):
            if one:
                text = one["text"]
                yield text if isinstance(text, str) else text["text"]
