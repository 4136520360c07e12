"""A runbook: the page that a person reads who was told of an alert.

It is Markdown with a front matter in YAML between two lines `---`: `title`, `alerts` (the names that lead here),
`severity` (of the worst of them) and `owner` (a team).
"""

import re
from dataclasses import dataclass

SECTIONS = ("Symptoms", "Impact", "Diagnosis", "Fix", "Verification", "Escalation")
"""The headings that every page has, in the order in which they are needed."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a page says of itself."""

    title: str
    alerts: tuple[str, ...]
    severity: str
    owner: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A front matter that says nothing usable."""

    line: int
    """Where in the page, counted from 1."""
    message: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level."""

    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code."""

    language: str
    """The word behind the fence; empty where there is none."""
    text: str
    """Without the indentation of the fence."""
    line: int
    """Of the first line of `text`."""


@dataclass(frozen=True, slots=True)
class Runbook:
    """One page."""

    slug: str
    front: FrontMatter | Unreadable
    sections: tuple[Section, ...] = ()
    blocks: tuple[Block, ...] = ()
    front_lines: tuple[str, ...] = ()
    """The lines of the front matter, to find a word in."""

    @property
    def file(self) -> str:
        """Where it lies below the project's root."""
        return f"runbooks/{self.slug}.md"

    @property
    def alerts(self) -> tuple[str, ...]:
        """The alerts it says it serves; none where its front matter cannot be read."""
        return self.front.alerts if isinstance(self.front, FrontMatter) else ()

    @property
    def queries(self) -> tuple[Block, ...]:
        """The blocks of PromQL; each is one expression."""
        return tuple(block for block in self.blocks if block.language == "promql")

    def line_of(self, word: str) -> int | None:
        """Return the line of the front matter that has this word; None where none has."""
        whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        for number, line in enumerate(self.front_lines, start=2):
            if whole.search(line):
                return number
        return None
