"""Two rules that give the same series."""

from collections.abc import Iterator, Sequence

from steward.check.finding import Level, Place
from steward.check.shape import Context, ExpressionSubject, Problem, Use

NAME = "duplicate-rule"
WHY = "Two rules write the same series: the second is refused sample by sample, or the alert is told twice."
_RULES = frozenset({Use.ALERT, Use.RECORDING})


def check(
    subjects: Sequence[ExpressionSubject],
    context: Context,  # noqa: ARG001, RUF100
) -> Iterator[tuple[ExpressionSubject, Problem]]:
    """Yield each rule with name and labels of an earlier one; an alert only with the same expression."""
    first: dict[object, Place] = {}
    for subject in subjects:
        if subject.use not in _RULES:
            continue
        expression = subject.text if subject.use is Use.ALERT else ""
        key = subject.use, subject.name, tuple(sorted(subject.labels)), expression
        before = first.setdefault(key, subject.place)
        if before is not subject.place:
            where = f"{before.file}:{before.line}" if before.line else before.file
            yield (
                subject,
                Problem(
                    Level.WARNING,
                    f"{subject.name} with the same labels is already made by the rule in {where}",
                    "remove one of them, or tell them apart by a label",
                ),
            )
