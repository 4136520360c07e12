"""Shows a place in an expression to a person."""

import unicodedata

from steward.promql.nodes import Span


def underlined(text: str, span: Span) -> str:
    """Return the lines that a span touches, each with carets below what it covers."""
    shown, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        if (span.start <= end and span.end > start) or span.start == span.end == start:
            first, last = max(span.start - start, 0), min(span.end - start, len(line))
            covered = line[first:last].rstrip()
            shown += [line, _blank(line[:first]) + "^" * max(_width(covered), 1)]
        start = end + 1
    return "\n".join(shown)


def _blank(text: str) -> str:
    """Return spaces as wide as the text; tabs stay, since only the terminal knows their width."""
    return "".join("\t" if mark == "\t" else " " * _width(mark) for mark in text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
