"""Lines of an exposition: samples, and what is said of families.

The text format 0.0.4 of Prometheus, and what OpenMetrics adds: exemplars, `# UNIT`, `# EOF`.
"""

import re
from dataclasses import dataclass

from steward.harvest.errors import NotAnExposition

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"(?P<name>{_NAME})[ \t]*(?P<labels>\{{)?")
_LABEL = re.compile(r'[ \t]*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"(?P<value>(?:[^"\\\n]|\\.)*)"[ \t]*')
_META = re.compile(rf"#[ \t]*(?P<what>HELP|TYPE)[ \t]+(?P<name>{_NAME})(?:[ \t]+(?P<text>.*))?")
_ESCAPE = re.compile(r"\\(.)")
_WRITTEN = {"n": "\n", "\\": "\\", '"': '"'}


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment; its value is not kept."""

    name: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A `# HELP` or a `# TYPE`."""

    what: str
    name: str
    text: str


def read_line(line: str, number: int) -> Sample | Said | None:
    """Read one line, None for what says nothing; raises NotAnExposition with the line's number."""
    stripped = line.strip(" \t\r")
    if not stripped:
        return None
    if stripped.startswith("#"):
        meta = _META.fullmatch(stripped)
        return Said(meta["what"], meta["name"], unescaped(meta["text"] or "")) if meta else None
    return _sample(stripped, number)


def unescaped(text: str) -> str:
    r"""Replace `\\`, `\"` and `\n`; an escape that nobody defined stays as it is written."""
    return _ESCAPE.sub(lambda match: _WRITTEN.get(match[1], match[0]), text)


def _sample(line: str, number: int) -> Sample:
    head = _SAMPLE.match(line)
    if head is None:
        raise NotAnExposition(number, f"{_shown(line)} does not start with the name of a metric")
    labels, end = _labels(line, head.end(), number) if head["labels"] else ((), head.end())
    _check_value(line[end:], line, number)
    return Sample(head["name"], labels)


def _labels(line: str, at: int, number: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Read labels up to their closing brace; a comma may follow the last one."""
    found: list[tuple[str, str]] = []
    while line[at : at + 1] != "}":
        match = _LABEL.match(line, at)
        if match is None:
            if not line[at:].strip(" \t").startswith("}"):
                raise NotAnExposition(number, f"the labels in {_shown(line)} cannot be read")
            return tuple(found), line.index("}", at) + 1
        found.append((match["name"], unescaped(match["value"])))
        at = match.end()
        if line[at : at + 1] == ",":
            at += 1
        elif line[at : at + 1] != "}":
            raise NotAnExposition(number, f"the labels in {_shown(line)} have no end")
    return tuple(found), at + 1


def _check_value(rest: str, line: str, number: int) -> None:
    """Refuse what is no value and perhaps a timestamp; an exemplar may follow in OpenMetrics."""
    words = rest.split(" # ")[0].split()
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 2:
        raise NotAnExposition(number, f"{_shown(line)} has no value after the name")


def _shown(line: str) -> str:
    return repr(line if len(line) <= 60 else f"{line[:57]}...")
