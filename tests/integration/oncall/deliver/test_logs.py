"""What is written to the log while messages go out."""

import subprocess
import sys

import pytest

from steward.testing.receivers import Post
from steward.testing.receivers.pagerduty import KEY

pytestmark = pytest.mark.slow

PROGRAM = """
import asyncio, sys
from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.pagerduty.channel import PagerDutyChannel
from steward.oncall.deliver.slack.channel import SlackChannel
from steward.program.logs import configure_logging
from steward.testing.notifications import notification

slack, pagerduty, key = sys.argv[1:]
configure_logging("test")
outgoing = Outgoing(AllowList(frozenset(), frozenset({("127.0.0.1", None)})))
for channel in (SlackChannel(outgoing, slack), PagerDutyChannel(outgoing, pagerduty, key)):
    print(asyncio.run(channel.send(notification())), channel)
"""


def test_no_secret_is_in_it(post: Post) -> None:
    secrets = (post.slack.url, KEY)
    command = [sys.executable, "-P", "-c", PROGRAM, post.slack.url, post.pagerduty.url, KEY]
    for answer in ("sent", "down"):
        post.slack.down = post.pagerduty.down = answer == "down"
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ("Delivered" if answer == "sent" else "Retry") in done.stdout
        for secret in secrets:
            assert secret not in done.stdout + done.stderr
