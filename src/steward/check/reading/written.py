"""An expression as a file has it: to be read, and to be shown where it stands."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from steward.check.finding import Finding, Level, Place
from steward.check.shape import ExpressionSubject, Problem, Use
from steward.model import ZERO, Accepted, Alert, Duration, Labels
from steward.promql import PromqlError, parse
from steward.promql.nodes import Span

SYNTAX = "syntax"
SYNTAX_WHY = "Prometheus refuses the whole file of rules; a panel shows an error."


@dataclass(frozen=True, slots=True)
class Shift:
    """From a place of the read text on, how the places of the written text are found."""

    start: int
    """In the read text."""
    written: Span
    """What stands there in the written text."""
    replaced: bool
    """The read text is another one, so that only the whole can be shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """How the text that is checked stands in its file."""

    text: str
    shifts: tuple[Shift, ...] = ()
    """Empty where the text is read as it is written."""
    keeps_lines: bool = False
    """Each line of the text is a line of the file."""

    def placed(self, span: Span) -> Span:
        """Return the place in the written text of a place in the read one."""
        if not self.shifts:
            return span
        return Span(self._at(span.start, end=False), self._at(max(span.end - 1, span.start), end=True))

    def _at(self, place: int, *, end: bool) -> int:
        shift = self.shifts[max(0, bisect_right([one.start for one in self.shifts], place) - 1)]
        if shift.replaced:
            return shift.written.end if end else shift.written.start
        return shift.written.start + place - shift.start + (1 if end else 0)


@dataclass(frozen=True, slots=True)
class Written:
    """One expression of a file."""

    use: Use
    name: str
    read: str
    """The text to be read, variables filled in."""
    source: Source
    place: Place
    labels: Labels = ()
    annotations: Labels = ()
    lasting: Duration = ZERO
    accepts: tuple[Accepted, ...] = ()
    declared: Alert | None = None

    def subject(self) -> ExpressionSubject:
        """Return what the checks are given; raises PromqlError."""
        return ExpressionSubject(
            self.use,
            self.name,
            self.read,
            parse(self.read),
            self.place,
            self.labels,
            self.annotations,
            self.lasting,
            self.accepts,
            self.declared,
        )

    def finding(self, check: str, why: str, problem: Problem) -> Finding:
        """Return a problem as a finding, at its line and with its place in the written text."""
        if problem.span is None:
            return Finding(check, problem.level, self.place, problem.message, why, problem.mend)
        span = self.source.placed(problem.span)
        place = self.place
        if self.source.keeps_lines and place.line is not None:
            place = replace(place, line=place.line + self.source.text[: span.start].count("\n"))
        return Finding(check, problem.level, place, problem.message, why, problem.mend, self.source.text, span)

    def unreadable(self, error: PromqlError) -> Finding:
        """Return the finding for text that is no expression."""
        problem = Problem(
            Level.ERROR, f"it cannot be read: {error.message}", "write it as Prometheus reads it", error.span
        )
        return self.finding(SYNTAX, SYNTAX_WHY, problem)


def of_subject(subject: ExpressionSubject) -> Written:
    """Return an expression that was read elsewhere."""
    return Written(
        subject.use,
        subject.name,
        subject.text,
        Source(subject.text),
        subject.place,
        subject.labels,
        subject.annotations,
        subject.lasting,
        subject.accepts,
    )
