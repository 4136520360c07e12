"""All receivers at once, and the settings that make on-call send to them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from steward.oncall.settings import MailSettings, OnCallSettings
from steward.testing.receivers import mailbox, pagerduty, slack
from steward.testing.receivers.letters import Letters, Received
from steward.testing.receivers.mailbox import Mailbox
from steward.testing.receivers.pagerduty import PagerDutyReceiver
from steward.testing.receivers.slack import SlackReceiver
from steward.testing.receivers.webhook import WebhookReceiver

SENDER = "oncall@shop.example"
SIGNING_KEY = "a key that signs links, in tests only"

_BASE = OnCallSettings(public_url="http://oncall.example")


@dataclass(frozen=True, slots=True)
class Post:
    """Every receiver, listening."""

    letters: Letters
    slack: SlackReceiver
    pagerduty: PagerDutyReceiver
    webhook: WebhookReceiver
    mailbox: Mailbox

    @property
    def received(self) -> list[Received]:
        """What arrived by any way, in the order of arrival."""
        return self.letters.all()

    @property
    def problems(self) -> list[str]:
        """Every message that broke a rule of its receiver."""
        return [
            problem
            for receiver in (self.slack, self.pagerduty, self.webhook, self.mailbox)
            for problem in receiver.problems
        ]

    @property
    def hosts(self) -> tuple[str, ...]:
        """What must be allowed explicitly, because it is on loopback."""
        return (self.slack.host, self.pagerduty.host, self.webhook.host)

    def settings(self, base: OnCallSettings = _BASE) -> OnCallSettings:
        """Return `base` with every way led here."""
        return replace(
            base,
            slack_webhook=self.slack.url,
            slack_signing_secret=slack.SIGNING_SECRET,
            pagerduty_key=pagerduty.KEY,
            pagerduty_url=self.pagerduty.url,
            webhook_url=self.webhook.url,
            mail=MailSettings(mailbox.HOST, self.mailbox.port, SENDER),
            allowed_hosts=self.hosts,
            signing_key=SIGNING_KEY,
        )

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the variables that lead a process here; its secrets are written into `folder`."""
        secrets = {
            "STEWARD_ONCALL_SLACK_WEBHOOK_FILE": self.slack.url,
            "STEWARD_ONCALL_SLACK_SIGNING_SECRET_FILE": slack.SIGNING_SECRET,
            "STEWARD_ONCALL_PAGERDUTY_KEY_FILE": pagerduty.KEY,
            "STEWARD_ONCALL_SIGNING_KEY_FILE": SIGNING_KEY,
        }
        return _written(secrets, folder) | {
            "STEWARD_ONCALL_PAGERDUTY_URL": self.pagerduty.url,
            "STEWARD_ONCALL_WEBHOOK_URL": self.webhook.url,
            "STEWARD_ONCALL_ALLOWED_HOSTS": ",".join(self.hosts),
            "SMTP_HOST": mailbox.HOST,
            "SMTP_PORT": str(self.mailbox.port),
            "SMTP_FROM": SENDER,
        }


@contextmanager
def open_post() -> Iterator[Post]:
    """Give receivers that listen on free ports of loopback during the block."""
    letters = Letters()
    post = Post(
        letters,
        SlackReceiver(letters),
        PagerDutyReceiver(letters),
        WebhookReceiver(letters),
        Mailbox(letters),
    )
    with ExitStack() as running:
        for receiver in (post.slack, post.pagerduty, post.webhook, post.mailbox):
            running.enter_context(receiver.running())
        yield post


def _written(secrets: Mapping[str, str], folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    files = {variable: folder / variable.removesuffix("_FILE").lower() for variable in secrets}
    for variable, file in files.items():
        file.write_text(secrets[variable], encoding="utf-8")
    return {variable: str(file) for variable, file in files.items()}
