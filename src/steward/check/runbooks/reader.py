"""Reads the text of a runbook."""

import re
import textwrap
from collections.abc import Iterator, Mapping

import yaml

from steward.check.runbooks.page import Block, FrontMatter, Runbook, Section, Unreadable

_EDGE = "---"
_FENCE = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+-]*)[^`]*$")
_HEADING = re.compile(r"##\s+(?P<title>.*?)\s*#*\s*$")
_KEYS = frozenset({"title", "alerts", "severity", "owner"})

Numbered = list[tuple[int, str]]


def read(slug: str, text: str) -> Runbook:
    """Return the page; whatever its front matter cannot say is told in `front`, never raised."""
    lines = text.splitlines()
    front = _front_lines(lines)
    if front is None:
        unreadable = Unreadable(1, "it does not begin with a front matter between two lines `---`")
        body, matter = list(enumerate(lines, start=1)), ()
        return Runbook(slug, unreadable, *_parts(body), matter)
    body = list(enumerate(lines, start=1))[len(front) + 2 :]
    return Runbook(slug, _front(front), *_parts(body), tuple(front))


def read_all(texts: Mapping[str, str]) -> tuple[Runbook, ...]:
    """Return the pages of `{slug: text}`, by slug."""
    return tuple(read(slug, texts[slug]) for slug in sorted(texts))


def _front_lines(lines: list[str]) -> list[str] | None:
    if not lines or lines[0].rstrip() != _EDGE:
        return None
    for number, line in enumerate(lines[1:]):
        if line.rstrip() == _EDGE:
            return lines[1 : number + 1]
    return None


def _front(lines: list[str]) -> FrontMatter | Unreadable:
    try:
        given = yaml.safe_load("\n".join(lines))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        return Unreadable(line + 2, f"its front matter is no YAML: {error.problem}")
    except (yaml.YAMLError, ValueError):
        # ValueError: PyYAML reads 2026-13-45 as a date and lets Python refuse it.
        return Unreadable(2, "its front matter is no YAML")
    if not isinstance(given, dict):
        return Unreadable(2, "its front matter has no `title`, `alerts`, `severity` and `owner`")
    return _fields(given)


def _fields(given: dict[object, object]) -> FrontMatter | Unreadable:
    if absent := sorted(_KEYS - given.keys()):
        return Unreadable(1, f"its front matter lacks {', '.join(f'`{key}`' for key in absent)}")
    if unknown := sorted(str(key) for key in given.keys() - _KEYS):
        return Unreadable(1, f"nothing reads {', '.join(f'`{key}`' for key in unknown)} of its front matter")
    alerts = given["alerts"]
    if not isinstance(alerts, list) or not alerts or not all(isinstance(one, str) for one in alerts):
        return Unreadable(1, "`alerts` in its front matter is no list of names")
    words = {key: given[key] for key in ("title", "severity", "owner")}
    for key, word in words.items():
        if not isinstance(word, str) or not word.strip():
            return Unreadable(1, f"`{key}` in its front matter is no text")
    return FrontMatter(str(words["title"]), tuple(alerts), str(words["severity"]), str(words["owner"]))


def _parts(body: Numbered) -> tuple[tuple[Section, ...], tuple[Block, ...]]:
    """Return headings and blocks; a line of a block is no heading."""
    sections: list[Section] = []
    blocks: list[Block] = []
    lines = iter(body)
    for number, line in lines:
        if fence := _FENCE.match(line):
            blocks.append(_block(fence, number, lines))
        elif heading := _HEADING.match(line):
            sections.append(Section(heading["title"], number))
    return tuple(sections), tuple(blocks)


def _block(fence: re.Match[str], opened: int, lines: Iterator[tuple[int, str]]) -> Block:
    """Take the lines up to the closing fence; a block that is never closed goes to the end, as in Markdown."""
    inside: list[str] = []
    for _, line in lines:
        closing = line.strip()
        if closing and set(closing) == {fence["fence"][0]} and len(closing) >= len(fence["fence"]):
            break
        inside.append(line)
    return Block(fence["language"].lower(), textwrap.dedent("\n".join(inside)), opened + 1)
