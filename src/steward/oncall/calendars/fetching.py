"""Getting the text of a calendar, from the web or a file."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx

from steward.oncall.calendars.reading import LARGEST
from steward.program.web.loopback import is_loopback_name

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_AGENT = {"Accept": "text/calendar", "User-Agent": "steward-oncall"}


class Unreachable(Exception):
    """The text could not be had. The message does not name the address, which often holds a secret."""


def fetch(place: str) -> str:
    """Return the text at an https address, or in a file; raises Unreachable. It blocks.

    Plain http is for this machine only, redirects are not followed.
    """
    content = _download(place) if "://" in place else _file(place)
    if len(content) > LARGEST:
        raise Unreachable(f"it is larger than {LARGEST:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreachable("it is not UTF-8") from None


def _file(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Unreachable(f"the file cannot be read: {error.strerror}") from None


def _download(address: str) -> bytes:
    if not _allowed(address):
        raise Unreachable("it is neither an https address nor a file's path")
    content = b""
    try:
        with (
            httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, headers=_AGENT) as client,
            client.stream("GET", address) as answer,
        ):
            if not answer.is_success:
                raise Unreachable(f"the other side answered {answer.status_code}")
            for part in answer.iter_bytes():
                content += part
                if len(content) > LARGEST:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"the other side cannot be reached: {type(error).__name__}") from None
    return content


def _allowed(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_name(parts.netloc))
    except ValueError:
        return False
