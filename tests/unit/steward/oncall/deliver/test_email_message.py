from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from steward.oncall.deliver.email.message import message
from steward.oncall.domain.states import Kind
from steward.testing.notifications import alert_line, notification
from steward.testing.oncall import MONDAY


def mail(kind: Kind = Kind.PAGE, **changes: Any) -> EmailMessage:
    return message(notification(kind, "email", **changes), sender="oncall@shop.example")


def part(found: EmailMessage, kind: str) -> str:
    body = found.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text


def test_a_page_s_mails_make_one_thread() -> None:
    page, answered, escalated = (
        mail(),
        mail(Kind.ACKNOWLEDGED),
        mail(key="page:7:1:email", address="lea@shop.example"),
    )
    threads = {one["References"] for one in (page, answered, escalated)}
    assert len(threads) == 1
    assert {one["In-Reply-To"] for one in (page, answered, escalated)} == threads
    assert len({one["Message-ID"] for one in (page, answered, escalated)}) == 3
    assert answered["Subject"] == f"Re: {page['Subject']}"


def test_another_page_is_another_thread() -> None:
    assert mail()["References"] != mail(page_id=8)["References"]
    assert mail()["References"] != mail(opened_at=MONDAY + timedelta(days=1))["References"]


def test_a_second_attempt_is_the_same_mail() -> None:
    assert mail()["Message-ID"] == mail()["Message-ID"]
    assert mail()["Date"] == mail()["Date"]


def test_headers_say_what_kind_of_mail_it_is() -> None:
    found = mail()
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["List-Id"] == "On-call <oncall.shop.example>"
    assert found["Importance"] == "high"
    assert mail(severity="info")["Importance"] is None


@pytest.mark.parametrize("field", ["title", "severity", "key"])
def test_no_header_can_be_added(field: str) -> None:
    changes: dict[str, Any] = {field: "x\r\nBcc: evil@evil.example\r\n\r\nbody"}
    read = message_from_bytes(mail(**changes).as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert read["Auto-Submitted"] == "auto-generated"
    assert part(read, "plain").startswith("[")


def test_html_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    found = mail(
        title=evil, actor=evil, person=evil, team=evil, alerts=(alert_line(evil, summary=evil, description=evil),)
    )
    html = part(found, "html")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_links_to_answer_are_in_both_parts() -> None:
    for kind in ("plain", "html"):
        text = part(mail(), kind)
        for address in ("http://oncall.example/act/one", "http://oncall.example/act/two", "/pages/7"):
            assert address in text


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "x@y\r\nBcc: z@z", "@host", "a@", "a b@c"])
def test_refuses_what_is_no_mailbox(address: str) -> None:
    with pytest.raises(ValueError):
        mail(address=address)
