"""Comments that accept a finding: `# steward: accept CHECK because REASON`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from steward.model import Accepted

_MARK = re.compile(r"^\s*#\s*steward:\s*(?P<said>.*?)\s*$")
_SAID = re.compile(r"accept\s+(?P<check>[a-z][a-z0-9-]*)\s+because\s+(?P<reason>\S.*)")
_COMMENT = re.compile(r"^\s*(#|$)")


@dataclass(frozen=True, slots=True)
class Comment:
    """Such a comment, and the line that it is about."""

    line: int
    about: int
    """The next line that is no comment."""
    accepted: Accepted | None
    """None where it cannot be understood."""
    said: str


def comments(text: str) -> Iterator[Comment]:
    """Yield each of them in order."""
    if "steward:" not in text:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if mark := _MARK.match(line):
            yield Comment(number, _about(lines, number), understood(mark["said"]), mark["said"])


def understood(said: str) -> Accepted | None:
    """Read `accept CHECK because REASON`; None where it is not that."""
    match = _SAID.fullmatch(said)
    return Accepted(match["check"], match["reason"]) if match else None


def _about(lines: list[str], number: int) -> int:
    for place, line in enumerate(lines[number:], start=number + 1):
        if not _COMMENT.match(line):
            return place
    return len(lines) + 1
