"""Sending mail."""

import asyncio
import base64
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from steward.model import Way
from steward.oncall.deliver.email.message import message
from steward.oncall.deliver.http import SECONDS
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.text import one_line, without
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.oncall.settings import SMTP_FROM, MailSettings
from steward.program.settings import Address

_TLS_PORT = 465
_PERMANENT = 500
_REASON = 200


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """A mail server. What leaves this machine is encrypted, or does not leave."""

    mail: MailSettings
    seconds: float = SECONDS
    way: Way = Way.EMAIL

    async def send(self, notification: Notification) -> Verdict:
        """Try once; raises nothing. A mail that was sent twice has the same Message-ID."""
        if not self.mail.sender:
            return Refused(f"{SMTP_FROM.variable} is not set; set it to {SMTP_FROM.help}")
        try:
            letter = message(notification, sender=self.mail.sender)
        except ValueError as error:
            return Refused(f"the mail cannot be addressed: {one_line(str(error), _REASON)}")
        try:
            async with asyncio.timeout(self.seconds):
                await self._submit(letter)
        except TimeoutError:
            return Retry(f"the mail server did not answer within {self.seconds:g} s")
        except SMTPException as error:
            return self._judged(error)
        except OSError as error:
            return Retry(f"the mail server cannot be reached: {error.strerror or type(error).__name__}")
        return Delivered(str(letter["Message-ID"]))

    async def _submit(self, letter: EmailMessage) -> None:
        inside = Address(self.mail.host, self.mail.port).loopback
        implicit = self.mail.port == _TLS_PORT
        login = self.mail.password if self.mail.username else None
        await aiosmtplib.send(
            letter,
            hostname=self.mail.host,
            port=self.mail.port,
            username=self.mail.username if login else None,
            password=login,
            use_tls=implicit,
            start_tls=not (inside or implicit),
            timeout=self.seconds,
        )

    def _judged(self, error: SMTPException) -> Verdict:
        if isinstance(error, SMTPRecipientsRefused) and error.recipients:
            error = error.recipients[0]
        # The library's word for a server without STARTTLS is the bare exception.
        if isinstance(error, SMTPNotSupported) or type(error) is SMTPException:
            return Refused(f"the mail server cannot do what is needed: {self._words(error.message)}")
        if not isinstance(error, SMTPResponseException):
            return Retry(f"the mail server cannot be reached: {type(error).__name__}")
        why = f"the mail server answered {error.code}"
        if isinstance(error, SMTPAuthenticationError):
            why += ": it does not accept the log-in"
        elif words := self._words(error.message):
            why += f": {words}"
        return Refused(why) if error.code >= _PERMANENT else Retry(why)

    def _words(self, message: str) -> str:
        password = self.mail.password or ""
        plain = base64.b64encode(password.encode()).decode()
        return one_line(without(message, [password, plain]), _REASON)
