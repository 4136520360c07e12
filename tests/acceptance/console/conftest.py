from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from steward.testing.browser import NoBrowser, open_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with open_browser() as browser:
            yield browser
    except NoBrowser as missing:
        pytest.skip(str(missing))
