"""A recorded series that nothing reads.

Those of objectives are for whoever asks how an objective stands, and are not asked about.
"""

from collections.abc import Iterator, Sequence

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use
from steward.compile.slo.names import SLO_LABEL
from steward.promql.nodes import selectors

NAME = "dead-recording"
WHY = "It is evaluated and stored for nobody."


def check(subjects: Sequence[ExpressionSubject], context: Context) -> Iterator[tuple[ExpressionSubject, Problem]]:
    """Yield each recording rule whose series no other rule, panel or page of the catalogue reads."""
    if not context.whole:
        return
    read = {one.name for subject in subjects for one in selectors(subject.node)}
    for subject in subjects:
        of_objective = any(label == SLO_LABEL for label, _ in subject.labels)
        if subject.use is Use.RECORDING and subject.name not in read and not of_objective:
            yield (
                subject,
                Problem(
                    Level.INFO,
                    f"no alert, rule, panel or runbook of the catalogue reads {subject.name}",
                    "remove the rule, or accept this for those who read it from elsewhere",
                ),
            )
