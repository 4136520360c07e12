"""Fills in the variables of a dashboard's query, and keeps the places of the rest.

A variable holds what a person chooses who looks, so a matcher on one becomes a matcher that takes every value.
"""

import re
from collections.abc import Iterator, Mapping

from steward.check.expressions.unknown_metric import VARIABLE
from steward.check.reading.written import Shift, Source
from steward.promql import Duration, PromqlError, parse
from steward.promql.nodes import Span

_NAME = r"\$(?P<plain>\w+)|\$\{(?P<braced>\w+)(?:[.:][^}]*)?\}|\[\[(?P<old>\w+)(?::\w+)?\]\]"
_MATCHER = re.compile(
    r"(?P<operator>=~|!~|!=|=)(?P<space>\s*)(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)"
)
_VARIABLE = re.compile(_NAME)
_TAKES_ALL = {"=": '=~".*"', "=~": '=~".*"', "!=": '!~""', "!~": '!~""'}
_RANGE = "1h"


def filled_in(text: str, interval: int, values: Mapping[str, str]) -> tuple[str, Source]:
    """Return the query to be read, and how its places are those of the written one.

    `interval` are the seconds between two scrapes; `values` what the dashboard's variables hold at first.
    """
    if not _VARIABLE.search(text):
        return text, Source(text)
    known = {**values, **_built_in(interval)}
    for number in (VARIABLE, "1", _rate_interval(interval)):
        read, shifts = _filled(text, known, number)
        try:
            parse(read)
        except PromqlError:
            continue
        return read, Source(text, shifts)
    read, shifts = _filled(text, known, VARIABLE)
    return read, Source(text, shifts)


def names_in(text: str) -> frozenset[str]:
    """Return the variables that a text asks for, without those that Grafana has built in."""
    names = (found["plain"] or found["braced"] or found["old"] for found in _VARIABLE.finditer(text))
    return frozenset(name for name in names if not name.startswith("__") and not name[0].isdigit())


def _built_in(interval: int) -> dict[str, str]:
    return {
        "__rate_interval": _rate_interval(interval),
        "__interval": str(Duration.of(interval)),
        "__interval_ms": str(interval * 1000),
        "__rate_interval_ms": str(interval * 4000),
        "__range": _RANGE,
        "__range_s": "3600",
        "__range_ms": "3600000",
        "__from": "0",
        "__to": "3600000",
    }


def _rate_interval(interval: int) -> str:
    """Return what Grafana makes of it: four scrapes at least."""
    return str(Duration.of(4 * interval))


def _filled(text: str, known: Mapping[str, str], unknown: str) -> tuple[str, tuple[Shift, ...]]:
    read, shifts, place = "", [Shift(0, Span(0, 0), replaced=False)], 0
    for span, replacement in _replacements(text, known, unknown):
        read += text[place : span.start]
        shifts.append(Shift(len(read), span, replaced=True))
        read += replacement
        place = span.end
        shifts.append(Shift(len(read), Span(place, place), replaced=False))
    return read + text[place:], tuple(shifts)


def _replacements(text: str, known: Mapping[str, str], unknown: str) -> Iterator[tuple[Span, str]]:
    matchers = [found for found in _MATCHER.finditer(text) if _VARIABLE.search(found["text"])]
    for found in matchers:
        yield from _before(text, matchers, found, known, unknown)
        yield Span(found.start(), found.end()), _TAKES_ALL[found["operator"]]
    start = matchers[-1].end() if matchers else 0
    yield from _plain(text, start, len(text), known, unknown)


def _before(
    text: str, matchers: list[re.Match[str]], found: re.Match[str], known: Mapping[str, str], unknown: str
) -> Iterator[tuple[Span, str]]:
    place = matchers.index(found)
    start = matchers[place - 1].end() if place else 0
    yield from _plain(text, start, found.start(), known, unknown)


def _plain(text: str, start: int, end: int, known: Mapping[str, str], unknown: str) -> Iterator[tuple[Span, str]]:
    for variable in _VARIABLE.finditer(text, start, end):
        name = variable["plain"] or variable["braced"] or variable["old"]
        ranged = text[: variable.start()].rstrip().endswith(("[", ":"))
        value = known.get(name) or ("5m" if ranged else unknown)
        yield Span(variable.start(), variable.end()), value
