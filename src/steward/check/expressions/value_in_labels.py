"""An alert's value among its labels."""

import re
from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use

NAME = "value-in-labels"
WHY = "Labels tell alerts apart: with each new value the alert ends and begins anew, before `for` is over."
_VALUE = re.compile(r"\{\{[^}]*(\$value|\.Value)\b[^}]*\}\}")


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:  # noqa: ARG001, RUF100
    """Yield each label of an alert that contains its value."""
    for name, text in subject.labels if subject.use is Use.ALERT else ():
        if _VALUE.search(text):
            yield Problem(Level.ERROR, f"the label {name} contains the alert's value", "move it to an annotation")
