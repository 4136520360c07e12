"""A mail server that keeps what it is handed."""

import email
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from steward.model import Way
from steward.oncall.domain.states import Kind
from steward.testing.ports import free_port
from steward.testing.receivers.letters import Letters, Received

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
USERNAME = "alerts"
PASSWORD = "the mail account's password"  # noqa: S105 - of no account

_NEEDED = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Steward-Kind", "X-Steward-Key")


class Mailbox:
    """Takes mail over SMTP on loopback; a log-in is possible and not needed."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.port = free_port()
        self.problems: list[str] = []
        """Why mails were refused as malformed."""
        self.logins: list[str] = []
        self._recipient: deque[str] = deque()
        self._content: deque[str] = deque()

    def answer_recipient(self, *answers: str) -> None:
        """Give these answers to the next recipients, in turn, e.g. `450 4.2.0 busy`."""
        self._recipient.extend(answers)

    def answer_content(self, *answers: str) -> None:
        """Give these answers to the next mails, in turn; nothing of those is kept."""
        self._content.extend(answers)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen during the block."""
        controller = self._controller()
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def _controller(self) -> "Controller":
        # Only tests have it.
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult

        def authenticate(
            _server: "SMTP", _session: "Session", _envelope: "Envelope", _mechanism: str, data: "LoginPassword"
        ) -> AuthResult:
            self.logins.append(data.login.decode())
            known = (data.login.decode(), data.password.decode()) == (USERNAME, PASSWORD)
            return AuthResult(success=known, handled=False)

        return Controller(
            self,
            hostname=HOST,
            port=self.port,
            authenticator=authenticate,
            auth_require_tls=False,
            auth_exclude_mechanism=["LOGIN"],
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: "SMTP", _session: "Session", envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        """Answer to one recipient."""
        if self._recipient:
            return self._recipient.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, _server: "SMTP", _session: "Session", envelope: "Envelope"
    ) -> str:
        """Answer to one mail."""
        if self._content:
            return self._content.popleft()
        message = email.message_from_bytes(envelope.original_content or b"", policy=policy.default)
        if problems := _problems(message):
            self.problems += problems
            return f"554 5.6.0 {'; '.join(problems)}"
        text = "\n".join([str(message["Subject"]), *_contents(message)])
        kind, key = Kind(str(message["X-Steward-Kind"])), str(message["X-Steward-Key"])
        for address in envelope.rcpt_tos:
            self.letters.put(Received(Way.EMAIL, address, kind, key, text, {}, message))
        return "250 OK"


def _problems(message: EmailMessage) -> list[str]:
    found = [f"header {name} is missing" for name in _NEEDED if not message[name]]
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if kinds != ["text/plain", "text/html"]:
        found.append(f"the parts are {kinds}, not plain text and HTML")
    found += [f"{one.__class__.__name__} in the message" for part in message.walk() for one in part.defects]
    return found


def _contents(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if not part.is_multipart():
            yield part.get_content().replace("\r\n", "\n")
