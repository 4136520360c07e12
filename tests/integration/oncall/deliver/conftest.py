from collections.abc import Iterator

import pytest

from steward.testing.receivers import Post, open_post


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened
