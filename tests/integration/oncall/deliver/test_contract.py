"""What every channel promises, tried on each against a receiver that checks what it gets."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from steward.model import Way
from steward.oncall.deliver.channel import Channel
from steward.oncall.deliver.channels import channels
from steward.oncall.deliver.verdict import Delivered, Refused, Retry
from steward.oncall.domain.states import Kind
from steward.oncall.settings import OnCallSettings
from steward.testing.notifications import HOSTILE, hostile, notification
from steward.testing.ports import free_port
from steward.testing.receivers import Answer, HttpReceiver, Post, mailbox

pytestmark = pytest.mark.slow


@dataclass
class Case:
    """One way, with its receiver."""

    way: Way
    post: Post

    @property
    def channel(self) -> Channel:
        return channels(self.post.settings(), seconds=60)[self.way]

    @property
    def receiver(self) -> HttpReceiver:
        found: HttpReceiver = getattr(self.post, self.way.value)
        return found

    def will_answer(self, status: int, words: str = "") -> None:
        """Make the receiver answer the next attempt as its kind says: 4xx never, 5xx later for HTTP."""
        if self.way is Way.EMAIL:
            code = {503: "451 4.3.0", 400: "554 5.7.1"}[status]
            self.post.mailbox.answer_recipient(f"{code} {words or 'no'}")
        else:
            body = json.dumps({"message": words, "errors": [words]}) if self.way is Way.PAGERDUTY else words
            self.receiver.answer_next(Answer(status, body))

    def deaf(self) -> Channel:
        """Return the channel where nobody listens."""
        nobody = f"127.0.0.1:{free_port()}"
        changes: Mapping[Way, dict[str, Any]] = {
            Way.SLACK: {"slack_webhook": f"http://{nobody}/secret"},
            Way.PAGERDUTY: {"pagerduty_url": f"http://{nobody}/"},
            Way.WEBHOOK: {"webhook_url": f"http://{nobody}/"},
            Way.EMAIL: {"mail": replace(self.post.settings().mail, port=free_port())},
        }
        settings = replace(self.post.settings(), allowed_hosts=(nobody,), **changes[self.way])
        return channels(settings)[self.way]


@pytest.fixture(params=list(Way), ids=lambda way: way.value)
def case(request: pytest.FixtureRequest, post: Post) -> Case:
    return Case(request.param, post)


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.ACKNOWLEDGED, Kind.RESOLVED])
async def test_tells(case: Case, kind: Kind) -> None:
    told = notification(kind, case.way.value)
    verdict = await case.channel.send(told)
    assert isinstance(verdict, Delivered), verdict
    (letter,) = case.post.received
    assert (letter.way, letter.kind, letter.key) == (case.way, kind, told.key)
    assert "The API does not answer" in letter.text


async def test_tells_of_no_page(case: Case) -> None:
    told = replace(
        notification(Kind.REMINDER, case.way.value),
        page_id=None,
        alerts=(),
        alerts_total=0,
        dedup_key="",
        opened_at=None,
        title="The silence of APIDown ends in 15 minutes",
        text="It was made by ann: deployment",
    )
    assert isinstance(await case.channel.send(told), Delivered)
    (letter,) = case.post.received
    assert "ends in 15 minutes" in letter.text
    assert "made by ann" in letter.text


async def test_a_second_attempt_carries_the_same_key(case: Case) -> None:
    told = notification(way=case.way.value)
    await case.channel.send(told)
    await case.channel.send(told)
    first, second = case.post.received
    assert first.key == second.key


async def test_tries_later_where_the_other_side_is_broken(case: Case) -> None:
    case.will_answer(503)
    assert isinstance(await case.channel.send(notification(way=case.way.value)), Retry)
    assert case.post.received == []
    assert isinstance(await case.channel.send(notification(way=case.way.value)), Delivered)


async def test_gives_up_what_is_refused(case: Case) -> None:
    case.will_answer(400)
    assert isinstance(await case.channel.send(notification(way=case.way.value)), Refused)
    assert case.post.received == []


async def test_tries_later_where_nobody_listens(case: Case) -> None:
    verdict = await case.deaf().send(notification(way=case.way.value))
    assert isinstance(verdict, Retry)
    assert "cannot be reached" in verdict.why


async def test_tries_later_where_nobody_answers(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        channel = _hurried(case, listener.getsockname()[1])
        verdict = await channel.send(notification(way=case.way.value))
    assert isinstance(verdict, Retry)
    assert "within 0.2 s" in verdict.why


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.RESOLVED])
async def test_tells_whatever_the_labels_hold(case: Case, kind: Kind) -> None:
    for text in HOSTILE:
        verdict = await case.channel.send(hostile(text, case.way.value, kind))
        assert isinstance(verdict, Delivered), (text[:60], verdict, case.post.problems)
    assert case.post.problems == []


async def test_keeps_secrets_out_of_verdicts(case: Case) -> None:
    settings = case.post.settings()
    if case.way is Way.EMAIL:
        settings = replace(
            settings, mail=replace(settings.mail, username=mailbox.USERNAME, password=mailbox.PASSWORD)
        )
    secrets = {
        Way.SLACK: (settings.slack_webhook or "", case.post.slack.path),
        Way.PAGERDUTY: (settings.pagerduty_key or "",),
        Way.EMAIL: (mailbox.PASSWORD,),
        Way.WEBHOOK: (settings.webhook_url,),
    }[case.way]
    for status in (400, 503):
        case.will_answer(status, f"you sent {' '.join(secrets)}")
        verdict = await channels(settings)[case.way].send(notification(way=case.way.value))
        assert isinstance(verdict, Refused | Retry)
        for secret in secrets:
            assert secret not in verdict.why
    assert not any(secret in repr(channels(settings)[case.way]) for secret in secrets)


async def test_without_its_setting_a_way_is_not_there(case: Case) -> None:
    assert channels(OnCallSettings()) == {}
    assert set(channels(case.post.settings())) == set(Way)


def _hurried(case: Case, port: int) -> Channel:
    host = f"127.0.0.1:{port}"
    settings = case.post.settings()
    settings = replace(
        settings,
        slack_webhook=f"http://{host}/",
        pagerduty_url=f"http://{host}/",
        webhook_url=f"http://{host}/",
        allowed_hosts=(host,),
        mail=replace(settings.mail, port=port),
    )
    return channels(settings, seconds=0.2)[case.way]
