"""A notification as a mail: plain text and HTML, in one thread with the other mails about its page."""

import hashlib
from datetime import UTC
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from steward.oncall.deliver import wording
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.text import moment, one_line, several_lines
from steward.oncall.domain.states import Kind

_SUBJECT = 200


def message(notification: Notification, *, sender: str) -> EmailMessage:
    """Return the mail; raises ValueError where sender or recipient is no mailbox."""
    source, recipient = _mailbox(sender), _mailbox(notification.address)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("On-call", source.username, source.domain)
    mail["To"] = recipient
    mail["Subject"] = subject(notification)
    mail["Date"] = notification.created_at.astimezone(UTC)
    _thread(mail, notification, source.domain)
    _class(mail, notification, source.domain)
    mail.set_content(_render("page.txt", notification))
    mail.add_alternative(_render("page.html", notification), subtype="html")
    return mail


def subject(notification: Notification) -> str:
    """Return the subject: the same for all mails about a page, but for `Re:`, or readers tear the thread."""
    title = one_line(notification.title, _SUBJECT)
    if notification.kind is Kind.REMINDER:
        return f"[REMINDER] {title}"
    severity = one_line(notification.severity, 40).upper() or "ON-CALL"
    return f"{'' if notification.kind is Kind.PAGE else 'Re: '}[{severity}] {title}"


def _thread(mail: EmailMessage, notification: Notification, domain: str) -> None:
    mail["Message-ID"] = f"<{_digest(notification.key)}@{domain}>"
    if notification.page_id is not None:
        opened = f"{notification.opened_at:%s}" if notification.opened_at else ""
        first = f"<{_digest(f'page {notification.page_id} {opened}')}@{domain}>"
        mail["In-Reply-To"] = first
        mail["References"] = first


def _class(mail: EmailMessage, notification: Notification, domain: str) -> None:
    """Say what kind of mail this is, so that nobody's absence answers it and filters can find it."""
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"On-call <oncall.{domain}>"
    if notification.kind is Kind.PAGE and notification.severity == "critical":
        mail["Importance"] = "high"
    mail["X-Steward-Kind"] = notification.kind.value
    mail["X-Steward-Key"] = one_line(notification.key, 500)


def _render(name: str, notification: Notification) -> str:
    return _template(name).render(
        notification=notification,
        headline=wording.headline(notification),
        status=wording.status(notification),
        text=several_lines(notification.text, 10_000),
        facts=wording.facts(notification),
        left_out=wording.left_out(notification),
        wording=wording,
        one_line=one_line,
        several_lines=several_lines,
        moment=moment,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("steward.oncall.deliver.email"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _mailbox(address: str) -> Address:
    problem = ValueError(f"{one_line(address, 100)!r} is no mailbox")
    try:
        found = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise problem from None
    if not (found.username and found.domain):
        raise problem
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
