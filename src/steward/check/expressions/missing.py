"""What an alert must carry: checks of the same kind, made from one table."""

from collections.abc import Iterator
from dataclasses import dataclass

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use


@dataclass(slots=True)
class Missing:
    """A check that an alert has one of some labels or annotations; like a module, it is never changed."""

    NAME: str
    WHY: str
    level: Level
    names: tuple[str, ...]
    annotation: bool
    strict: bool = False
    """A warning where a catalogue is given, since its alerts all have one."""

    def check(self, subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
        """Yield a problem for an alert that has none of them."""
        given = subject.annotations if self.annotation else subject.labels
        if subject.use is not Use.ALERT or any(name in self.names and value.strip() for name, value in given):
            return
        kind = "annotation" if self.annotation else "label"
        level = Level.WARNING if self.strict and context.knows_metrics else self.level
        yield Problem(
            level, f"the alert has no {kind} {' or '.join(self.names)}", f"give it the {kind} {self.names[0]}"
        )


MISSING = (
    Missing(
        "missing-severity",
        "Routes choose by severity; an alert without goes to whoever takes the rest.",
        Level.WARNING,
        ("severity",),
        annotation=False,
    ),
    Missing(
        "missing-owner",
        "Nobody knows whose alert it is.",
        Level.INFO,
        ("team", "owner"),
        annotation=False,
        strict=True,
    ),
    Missing(
        "missing-summary",
        "Whoever is told reads a bare name.",
        Level.WARNING,
        ("summary", "message", "title", "description"),
        annotation=True,
    ),
    Missing(
        "missing-runbook",
        "Whoever is woken has no page that says what to do.",
        Level.INFO,
        ("runbook_url", "runbook"),
        annotation=True,
        strict=True,
    ),
)
