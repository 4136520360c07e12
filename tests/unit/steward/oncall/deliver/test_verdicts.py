"""What an answer means."""

import httpx
import pytest

from steward.oncall.deliver.http import judged
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict


def answer(status: int, text: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}, text=text
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Delivered),
        (202, Delivered),
        (204, Delivered),
        (301, Refused),
        (302, Refused),
        (400, Refused),
        (401, Refused),
        (404, Refused),
        (410, Refused),
        (429, Retry),
        (500, Retry),
        (502, Retry),
        (503, Retry),
        (504, Retry),
    ],
)
def test_by_status(status: int, kind: type[Verdict]) -> None:
    assert isinstance(judged(answer(status), called="Slack"), kind)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 900.0),
        ("99999999999999999999", 900.0),
        ("Mon, 02 Mar 2026 10:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 0.0),
        ("Mon, 09 Mar 2026 10:00:00 GMT", 900.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_retry_after(asked: str, seconds: float | None) -> None:
    said = answer(429, Retry_After=asked, Date="Mon, 02 Mar 2026 10:00:00 GMT")
    assert judged(said, called="Slack") == Retry("Slack answered 429", seconds)


def test_keeps_only_what_the_channel_takes_from_an_answer() -> None:
    assert judged(answer(400, "the key abc is bad"), called="X") == Refused("X answered 400")
    taken = judged(answer(400, "bad\nthing"), called="X", said=lambda one: one.text)
    assert taken == Refused("X answered 400: bad thing")


def test_says_that_redirects_are_not_followed() -> None:
    verdict = judged(answer(302, Location="http://evil.example/"), called="X")
    assert verdict == Refused("X answered 302; redirects are not followed")
