import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from steward.testing.desk import Desk
from steward.testing.oncall import MONDAY
from steward.testing.receivers import Post
from steward.testing.receivers.slack import SIGNING_SECRET

pytestmark = pytest.mark.slow

PATH = "/slack/actions"


def payload(page_id: object, action: str = "page.acknowledge", user: str = "U0ANN", **more: Any) -> dict[str, Any]:
    actions = [{"type": "button", "action_id": action, "value": str(page_id)}]
    return {"type": "block_actions", "user": {"id": user}, "actions": actions, **more}


def signed(content: object, *, at: datetime = MONDAY, secret: str = SIGNING_SECRET) -> dict[str, Any]:
    """Return a request as Slack makes it."""
    body = content if isinstance(content, bytes) else urlencode({"payload": json.dumps(content)}).encode()
    timestamp = str(int(at.timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }
    return {"content": body, "headers": headers}


async def press(desk: Desk, request: dict[str, Any]) -> httpx.Response:
    return await desk.ask("POST", PATH, **request)


async def test_acknowledges_in_the_name_of_who_pressed(desk: Desk) -> None:
    answer = await press(desk, signed(payload(desk.page_id)))
    assert answer.status_code == 200
    assert desk.page().state == "acknowledged"
    assert desk.actors("page.acknowledged") == ["ann"]


async def test_resolves(desk: Desk) -> None:
    await press(desk, signed(payload(desk.page_id, "page.resolve", "U0LEA")))
    assert (desk.page().state, desk.page().resolved_by) == ("resolved", "lea")


async def test_whoever_the_catalogue_does_not_know_is_named_as_slack_does(desk: Desk) -> None:
    await press(desk, signed(payload(desk.page_id, user="U0STRANGER")))
    assert desk.actors("page.acknowledged") == ["slack:U0STRANGER"]


async def test_refuses_what_slack_has_not_signed(desk: Desk) -> None:
    content = payload(desk.page_id)
    good = signed(content)
    requests = {
        "another secret": signed(content, secret="another"),
        "five minutes old": signed(content, at=MONDAY - timedelta(seconds=301)),
        "from the future": signed(content, at=MONDAY + timedelta(seconds=301)),
        "another body": good | body_of(payload(desk.page_id, "page.resolve")),
        "no signature": without(good, "X-Slack-Signature"),
        "no time": without(good, "X-Slack-Request-Timestamp"),
        "no number": with_header(good, "X-Slack-Request-Timestamp", "soon"),
        "a huge number": with_header(good, "X-Slack-Request-Timestamp", "9" * 400),
        "not ASCII": with_header(good, "X-Slack-Signature", b"v0=\xe9"),
    }
    for name, request in requests.items():
        assert (await press(desk, request)).status_code == 401, name
    assert desk.page().state == "open"


async def test_a_body_that_is_not_utf8_is_refused(desk: Desk) -> None:
    request = signed(payload(desk.page_id)) | {"content": b"payload=\xff\xfe"}
    assert (await press(desk, request)).status_code == 401


async def test_four_minutes_old_is_good(desk: Desk) -> None:
    assert (await press(desk, signed(payload(desk.page_id), at=MONDAY - timedelta(minutes=4)))).status_code == 200


async def test_without_a_secret_nothing_is_let_in(desk: Desk) -> None:
    assert (await press(desk.set(slack_signing_secret=None), signed(payload(desk.page_id)))).status_code == 401
    assert desk.page().state == "open"


async def test_signed_nonsense_is_answered_and_does_nothing(desk: Desk) -> None:
    nested = b"payload=" + b"[" * 20_000
    for content in (b"payload=%7B", b"payload=[]", b"x=1", b"", nested, {"actions": "none"}, {"user": 1}):
        assert (await press(desk, signed(content))).status_code in {200, 422}
    assert desk.page().state == "open"


async def test_a_page_that_is_not_there(desk: Desk) -> None:
    for value in ("", "x", "-1", "9" * 30, "9" * 18, "99999", "1; DROP TABLE page"):
        assert (await press(desk, signed(payload(value)))).status_code == 200
    assert desk.page().state == "open"


async def test_a_button_that_opens_something_does_nothing(desk: Desk) -> None:
    assert (await press(desk, signed(payload(desk.page_id, "page.open")))).status_code == 200
    assert desk.page().state == "open"


@pytest.mark.slow
async def test_the_second_to_press_is_told_who_was_first(desk: Desk, post: Post) -> None:
    desk = desk.set(allowed_hosts=post.hosts)
    await press(desk, signed(payload(desk.page_id)))
    answer = await press(desk, signed(payload(desk.page_id, user="U0BOB", response_url=post.webhook.url)))
    assert answer.status_code == 200
    assert desk.actors("page.acknowledged") == ["ann"]
    assert post.webhook.calls == 1


@pytest.mark.slow
async def test_no_answer_is_sent_to_where_nobody_allowed_it(desk: Desk, post: Post) -> None:
    await press(desk, signed(payload(99_999, response_url=post.webhook.url)))
    assert post.webhook.calls == 0


def body_of(content: object) -> dict[str, Any]:
    return {"content": signed(content)["content"]}


def without(request: dict[str, Any], header: str) -> dict[str, Any]:
    headers = {name: value for name, value in request["headers"].items() if name != header}
    return request | {"headers": headers}


def with_header(request: dict[str, Any], header: str, value: object) -> dict[str, Any]:
    return request | {"headers": request["headers"] | {header: value}}
