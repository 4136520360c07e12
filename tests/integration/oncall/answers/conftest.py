from collections.abc import Iterator
from dataclasses import replace

import pytest

from steward.oncall.context import Context
from steward.testing.desk import Desk
from steward.testing.receivers import Post, open_post
from steward.testing.receivers.post import SIGNING_KEY
from steward.testing.receivers.slack import SIGNING_SECRET


@pytest.fixture
def desk(context: Context) -> Desk:
    settings = replace(context.settings, signing_key=SIGNING_KEY, slack_signing_secret=SIGNING_SECRET)
    return Desk.of(replace(context, settings=settings))


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened
