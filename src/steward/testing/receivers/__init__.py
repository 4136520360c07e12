"""Where messages arrive in tests: Slack, PagerDuty, a webhook and a mailbox on loopback.

Each checks what it gets against the rules of the real one, and refuses as that one does:

    with open_post() as post:
        ...  # run on-call with post.settings(), or a process with post.environment(folder)
        assert [one.way for one in post.received] == [Way.SLACK, Way.EMAIL]
"""

from steward.testing.receivers.http import Answer, HttpReceiver
from steward.testing.receivers.letters import Letters, Received
from steward.testing.receivers.mailbox import Mailbox
from steward.testing.receivers.pagerduty import PagerDutyReceiver
from steward.testing.receivers.post import Post, open_post
from steward.testing.receivers.slack import SlackReceiver, pressed
from steward.testing.receivers.webhook import WebhookReceiver

__all__ = [
    "Answer",
    "HttpReceiver",
    "Letters",
    "Mailbox",
    "PagerDutyReceiver",
    "Post",
    "Received",
    "SlackReceiver",
    "WebhookReceiver",
    "open_post",
    "pressed",
]
