"""Reads a file of findings that are meant, for files that cannot say so themselves.

One a line: `CHECK in NAME because REASON`; NAME is that of the file, or of the alert, series or panel.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from steward.check.accepting import UNUSED, UNUSED_WHY
from steward.check.finding import Finding, Level, Place
from steward.check.reading.errors import Unreadable
from steward.check.registry import NAMES

_LINE = re.compile(r"(?P<check>\S+)\s+in\s+(?P<name>\S.*?)\s+because\s+(?P<reason>\S.*)")


@dataclass(frozen=True, slots=True)
class AcceptedIn:
    """A finding that is meant, and where."""

    check: str
    name: str
    reason: str
    line: int

    def means(self, finding: Finding) -> bool:
        """Tell whether a finding is this one."""
        what = finding.place.what.partition(" ")[2] if finding.place.what else ""
        names = {finding.place.file, finding.place.what, what, what.removeprefix("rule ")}
        return finding.check == self.check and self.name in names


@dataclass(frozen=True, slots=True)
class AcceptFile:
    """All of them."""

    file: str = ""
    entries: tuple[AcceptedIn, ...] = ()

    def marked(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield findings, those that are meant with the reason."""
        for finding in findings:
            reason = next((one.reason for one in self.entries if one.means(finding)), None)
            yield replace(finding, accepted=reason) if reason and not finding.accepted else finding

    def unused(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield a finding for each entry that means none of these."""
        found = list(findings)
        for entry in self.entries:
            if not any(entry.means(finding) for finding in found):
                yield Finding(
                    UNUSED,
                    Level.WARNING,
                    Place(self.file, entry.line, "entry"),
                    f"{entry.check} finds nothing in {entry.name}",
                    UNUSED_WHY,
                    "remove the line",
                )


def read_accept_file(file: str, text: str) -> AcceptFile:
    """Return its entries; raises Unreadable."""
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        match = _LINE.fullmatch(said)
        if match is None or match["check"] not in NAMES:
            raise Unreadable(
                file, number, f"{said!r} accepts nothing", "write CHECK in NAME because REASON; see --list"
            )
        entries.append(AcceptedIn(match["check"], match["name"], match["reason"], number))
    return AcceptFile(file, tuple(entries))
