"""The runbooks, read from their folder each time that somebody asks: they are mended while the service runs."""

import re
from dataclasses import dataclass
from pathlib import Path

from steward.check.runbooks.page import FrontMatter
from steward.check.runbooks.reader import read
from steward.oncall.errors import NotFound
from steward.oncall.services.markdown import rendered

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FRONT = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?P<slug>[a-z0-9-]+)\.md(?P<place>#[\w-]*)?")
_LONGEST_SLUG = 100


@dataclass(frozen=True, slots=True)
class RunbookPage:
    """One runbook."""

    slug: str
    title: str
    """The slug where the page does not say."""
    alerts: tuple[str, ...]
    severity: str
    owner: str
    html: str
    """Safe to show."""


def find(folder: Path | None, slug: str) -> RunbookPage:
    """Return a runbook; raises NotFound."""
    text = _text(folder, slug)
    return _page(slug, text, rendered(_FRONT.sub("", text, count=1), address=_address))


def listed(folder: Path | None) -> list[RunbookPage]:
    """Return every runbook without its text, by title."""
    if folder is None:
        return []
    slugs = [file.stem for file in folder.glob("*.md") if _SLUG.fullmatch(file.stem)]
    return sorted((_page(slug, _text(folder, slug), "") for slug in slugs), key=lambda page: page.title)


def _page(slug: str, text: str, html: str) -> RunbookPage:
    front = read(slug, text).front
    if isinstance(front, FrontMatter):
        return RunbookPage(slug, front.title, front.alerts, front.severity, front.owner, html)
    return RunbookPage(slug, slug, (), "", "", html)


def _text(folder: Path | None, slug: str) -> str:
    if folder is not None and len(slug) <= _LONGEST_SLUG and _SLUG.fullmatch(slug):
        try:
            return (folder / f"{slug}.md").read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            pass
    raise NotFound(f"there is no runbook {slug!r:.100}; they are the files *.md in the folder of the runbooks")


def _address(link: str) -> str:
    """Let links between the files lead to the pages."""
    found = _LINK.fullmatch(link)
    return f"/runbooks/{found['slug']}{found['place'] or ''}" if found else link
