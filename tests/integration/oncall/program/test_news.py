"""The stream of news from the service as a process."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow


def changes(lines: Iterator[str]) -> Iterator[set[str]]:
    """Yield what each event says has changed."""
    for line in lines:
        if line.startswith("data: "):
            yield set(json.loads(line.removeprefix("data: "))["topics"])


def test_what_fires_is_told_at_once_and_the_stream_ends_with_the_service(service: Any) -> None:
    service.start()
    with httpx.stream("GET", f"{service.url}/live?since=999", timeout=20) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        told = changes(stream.iter_lines())
        assert next(told) == set()
        assert "on-call" in next(told)  # to somebody who was away, anything may have changed
        service.fire("APIDown")
        assert {"alerts", "pages", "incidents"} in (seen for seen in told)

        assert service.end() == 0
        assert list(told) == []
    assert "graceful" not in service.log
