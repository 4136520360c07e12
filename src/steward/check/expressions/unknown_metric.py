"""A metric that nothing exposes."""

from collections.abc import Iterator
from difflib import get_close_matches

from steward.check.finding import Level
from steward.check.shape import Context, ExpressionSubject, Problem
from steward.promql.nodes import Selector, selectors
from steward.promql.schema import Schema

NAME = "unknown-metric"
WHY = "The selector finds nothing, so the rule never fires and the panel stays empty, without an error anywhere."
VARIABLE = "steward_variable"
"""What a dashboard's variable is read as where it stands for a name."""


def check(subject: ExpressionSubject, context: Context) -> Iterator[Problem]:
    """Yield each selector of a name that no job exposes and no rule records."""
    if not context.knows_metrics:
        return
    for selector in selectors(subject.node):
        name = selector.name
        if name is None or name in context.schema or VARIABLE in name or is_bare_histogram(name, context.schema):
            continue
        if not _asks_opaque_job(selector, context):
            yield _problem(selector, name, context)


def is_bare_histogram(name: str, schema: Schema) -> bool:
    """Tell whether a name is that of a histogram itself, which has no series."""
    return name not in schema and f"{name}_bucket" in schema


def _asks_opaque_job(selector: Selector, context: Context) -> bool:
    return any(
        one.label == "job" and one.operator == "=" and one.value in context.opaque for one in selector.matchers
    )


def _problem(selector: Selector, name: str, context: Context) -> Problem:
    near = get_close_matches(name, context.schema, n=1, cutoff=0.8)
    if not near and context.opaque and _family(name) not in {_family(one) for one in context.schema}:
        return Problem(
            Level.INFO,
            f"no job is known to expose {name}; what {', '.join(context.opaque)} expose is not known",
            "harvest the metrics of that job with `steward metrics import`",
            selector.name_span,
        )
    mend = f"perhaps {near[0]} is meant" if near else "name a metric that a job exposes or a rule records"
    return Problem(Level.ERROR, f"no job exposes and no rule records {name}", mend, selector.name_span)


def _family(name: str) -> str:
    return name.replace(":", "_").partition("_")[0]
