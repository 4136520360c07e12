"""A text that shows a label which the expression does not keep."""

import re
from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem, Use
from steward.promql.infer import infer

NAME = "template-label"
WHY = "The label is gone by then, and people read an empty place where the thing to look at should stand."

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LABEL = re.compile(r"\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)")


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each label in an alert's texts and labels that its expression cannot have."""
    if subject.use is not Use.ALERT:
        return
    result = infer(subject.node, context.schema)
    for where, text in (*subject.annotations, *subject.labels):
        for name in _shown(text):
            if not result.keeps(name):
                yield Problem(
                    Level.ERROR,
                    f"`{where}` shows $labels.{name}, which the expression does not keep",
                    f"keep it, e.g. with by ({name}), or leave it out of the text",
                    subject.node.span,
                )


def _shown(text: str) -> list[str]:
    """Return each label that a template shows, once, in order."""
    return list(dict.fromkeys(name for action in _ACTION.findall(text) for name in _LABEL.findall(action)))
