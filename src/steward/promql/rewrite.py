"""Changes parts of an expression and leaves the rest of its text as it was written."""

from collections.abc import Iterable, Iterator

from steward.promql.duration import Duration
from steward.promql.nodes import Span
from steward.promql.tokens import Kind, Token, tokens

_LENGTHS = frozenset({Kind.DURATION, Kind.NUMBER})
_SHORTEST = Duration(1)


def replaced(text: str, edits: Iterable[tuple[Span, str]]) -> str:
    """Return the text with each span replaced; spans must not overlap."""
    for span, new in sorted(edits, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


def scaled(text: str, factor: float, least: Duration) -> str:
    """Multiply every range, step and offset of an expression by `factor`; no range gets shorter than `least`."""
    return replaced(text, _scaled_durations(tokens(text), factor, least))


def _scaled_durations(found: tuple[Token, ...], factor: float, least: Duration) -> Iterator[tuple[Span, str]]:
    inside = False
    for place, token in enumerate(found):
        if token.text in {"[", "]"}:
            inside = token.text == "["
        elif token.kind in _LENGTHS and (inside or _shifts(found[:place])):
            length = _length(token).scaled(factor)
            is_range = found[place - 1].text == "["
            yield token.span, str(max(length, least if is_range else _SHORTEST))


def _length(token: Token) -> Duration:
    """Read a duration; a bare number is one of seconds."""
    return Duration.parse(token.text) if token.kind is Kind.DURATION else Duration.of(float(token.text))


def _shifts(before: tuple[Token, ...]) -> bool:
    """Tell whether an offset's length comes next; a duration elsewhere is a number of seconds."""
    words = [token.text.lower() for token in before[-2:]]
    return words[-1:] == ["offset"] or words in (["offset", "-"], ["offset", "+"])
