"""What is only true of mail."""

import asyncio
import socket
from dataclasses import replace

import pytest

from steward.oncall.deliver.email.channel import EmailChannel
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.oncall.settings import MailSettings
from steward.testing.notifications import notification
from steward.testing.receivers import Post
from steward.testing.receivers.mailbox import PASSWORD, USERNAME

pytestmark = pytest.mark.slow


def channel(post: Post, **changes: str) -> EmailChannel:
    return EmailChannel(replace(post.settings().mail, **changes), seconds=60)  # type: ignore[arg-type]


async def send(way: EmailChannel) -> Verdict:
    return await way.send(notification(way="email"))


async def test_logs_in_where_there_is_an_account(post: Post) -> None:
    assert isinstance(await send(channel(post, username=USERNAME, password=PASSWORD)), Delivered)
    assert post.mailbox.logins == [USERNAME]


async def test_does_not_log_in_without_one(post: Post) -> None:
    assert isinstance(await send(channel(post)), Delivered)
    assert post.mailbox.logins == []


async def test_a_wrong_password_is_refused_and_not_shown(post: Post) -> None:
    verdict = await send(channel(post, username=USERNAME, password="wrong password"))
    assert verdict == Refused("the mail server answered 535: it does not accept the log-in")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("421 4.7.0 too many", Retry("the mail server answered 421: 4.7.0 too many")),
        ("450 4.2.0 busy", Retry("the mail server answered 450: 4.2.0 busy")),
        ("452 4.3.1 full", Retry("the mail server answered 452: 4.3.1 full")),
        ("550 5.1.1 nobody of that name", Refused("the mail server answered 550: 5.1.1 nobody of that name")),
        ("554 5.7.1 no", Refused("the mail server answered 554: 5.7.1 no")),
    ],
)
@pytest.mark.parametrize("where", ["recipient", "content"])
async def test_by_the_server_s_answer(post: Post, answer: str, expected: Verdict, where: str) -> None:
    if where == "recipient":
        post.mailbox.answer_recipient(answer)
    else:
        post.mailbox.answer_content(answer)
    assert await send(channel(post)) == expected


async def test_what_leaves_the_machine_is_encrypted_or_does_not_leave(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is not on this machine, as far as its name says, and offers no encryption."""

    async def here(*_: object, **__: object) -> list[tuple[object, object, object, str, tuple[str, int]]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", post.mailbox.port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", here)
    verdict = await send(channel(post, host="mail.outside.example", username=USERNAME, password=PASSWORD))
    assert isinstance(verdict, Refused)
    assert "cannot do what is needed" in verdict.why
    assert (post.mailbox.logins, post.received) == ([], [])


async def test_a_bad_address_is_refused() -> None:
    mail = MailSettings("127.0.0.1", 1, "no sender")
    assert await send(EmailChannel(mail)) == Refused("the mail cannot be addressed: 'no sender' is no mailbox")


async def test_without_a_sender_it_says_what_to_set() -> None:
    verdict = await send(EmailChannel(MailSettings("127.0.0.1", 1)))
    assert verdict == Refused("SMTP_FROM is not set; set it to the sender of e-mail")
