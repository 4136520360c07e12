"""Findings for people to read."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from steward.check.finding import Finding, Level, Place
from steward.promql.show import underlined

Paint = Callable[[str, str], str]
"""Text and a colour's name in, text as the terminal takes it out."""
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFO: "blue"}
_ACCEPTED = "green"


def plain(text: str, colour: str) -> str:  # noqa: ARG001, RUF100
    """Return text without colour."""
    return text


def shown(finding: Finding, paint: Paint = plain) -> str:
    """Return a finding as some lines: where, what, the place in the expression, why, and how to mend it."""
    level = "accepted" if finding.accepted else finding.level.name.lower()
    colour = _ACCEPTED if finding.accepted else _COLOURS[finding.level]
    what = f"{finding.place.what}: " if finding.place.what else ""
    check = paint(finding.check, "bold")
    lines = [f"{position(finding.place)}: {paint(level, colour)}: {what}{finding.message} [{check}]"]
    if finding.text is not None and finding.span is not None:
        for line in underlined(finding.text, finding.span).splitlines():
            is_caret = set(line.strip()) == {"^"}
            lines.append("    " + (paint(line, colour) if is_caret else line))
    if finding.accepted:
        return "\n".join([*lines, f"  accepted: {finding.accepted}"])
    return "\n".join([*lines, f"  why:  {finding.why}", f"  mend: {finding.mend}"])


def position(place: Place) -> str:
    """Return `file:line`, or the file alone."""
    return place.file if place.line is None else f"{place.file}:{place.line}"


def summary(findings: Sequence[Finding], checked: str) -> str:
    """Return one line that counts what was found in what was checked."""
    open_ones = [finding for finding in findings if not finding.accepted]
    tally = Counter(finding.level for finding in open_ones)
    parts = [_counted(tally[level], level.name.lower()) for level in sorted(Level, reverse=True) if tally[level]]
    accepted = len(findings) - len(open_ones)
    parts += [f"{accepted} accepted"] if accepted else []
    return f"{checked}: {', '.join(parts) or 'nothing found'}"


def _counted(number: int, level: str) -> str:
    if level == "info":
        return f"{number} to know"
    return f"{number} {level}{'' if number == 1 else 's'}"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file and line, the worst first among those of one line."""
    return sorted(
        findings, key=lambda one: (one.place.file, one.place.line or 0, one.place.what, -one.level, one.check)
    )
