"""Answers from Slack and from a mail, taken by any of the processes."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from steward.model import Way
from steward.oncall.domain.states import Kind
from steward.testing.oncall import incoming
from steward.testing.receivers import Received, pressed

pytestmark = pytest.mark.slow


def test_a_button_acknowledges_and_a_link_resolves(service: Any) -> None:
    service.start()
    service.hears([incoming("APIDown")])
    headers, body = pressed(told(service, Way.SLACK), "page.acknowledge", at=datetime.now(UTC))
    answer = httpx.post(f"{service.replicas[-1].url}/slack/actions", content=body, headers=headers)
    assert answer.status_code == 200
    assert "Acknowledged by Ann Alder" in told(service, Way.SLACK, Kind.ACKNOWLEDGED).text

    link = re.search(r"^Resolve: (\S+)$", told(service, Way.EMAIL).text, re.MULTILINE)
    assert link is not None
    at = service.replicas[0].url + urlsplit(link[1]).path
    assert "<form" in httpx.get(at).text
    assert "resolved by ann" in httpx.post(at).text
    assert "Resolved by Ann Alder" in told(service, Way.EMAIL, Kind.RESOLVED).text
    assert told(service, Way.PAGERDUTY, Kind.RESOLVED).content["event_action"] == "resolve"


def told(service: Any, way: Way, kind: Kind = Kind.PAGE) -> Received:
    """Return the first message of that kind, once it is there."""

    def found() -> list[Received]:
        return [one for one in service.post.received if (one.way, one.kind) == (way, kind)]

    service.until(f"{kind} arrives by {way.value}", lambda: bool(found()))
    return found()[0]
