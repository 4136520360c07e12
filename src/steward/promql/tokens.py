"""The words of an expression with their places.

The parser that reads expressions keeps no places. Its tree and these tokens are in the same order, so each part
finds its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from steward.promql.errors import PromqlError
from steward.promql.nodes import Span


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    DURATION = "duration"
    TEXT = "string"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, string or mark."""

    kind: Kind
    text: str
    span: Span


_DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
_TOKEN = re.compile(
    rf"""
    (?P<skip>\s+|\#[^\n]*)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<duration>{_DURATION}(?![a-zA-Z0-9_]))
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>:*[a-zA-Z_][a-zA-Z0-9_:]*)
  | (?P<mark>=~|!~|==|!=|>=|<=|[-+*/%^=<>(){{}}\[\],:@])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> tuple[Token, ...]:
    """Return every token of an expression in order, comments left out; raises PromqlError."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise PromqlError(text, f"unexpected character {text[place]!r}", Span(place, place + 1))
        if match.lastgroup != "skip":
            yield Token(Kind[str(match.lastgroup).upper()], match[0], Span(match.start(), match.end()))
        place = match.end()
