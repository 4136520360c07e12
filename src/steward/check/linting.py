"""Checks files, whoever wrote them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from steward.check.accepting import stray
from steward.check.dashboards.findings import dashboard_findings
from steward.check.finding import Finding
from steward.check.reading.files import FileContent
from steward.check.reading.written import Written
from steward.check.routing import AlertLabels, routing_findings
from steward.check.run import expression_findings
from steward.check.schema import with_recorded
from steward.check.shape import Context, ExpressionSubject
from steward.promql import PromqlError


def file_findings(
    contents: Sequence[FileContent], context: Context, alerts: Sequence[AlertLabels] = ()
) -> Iterator[Finding]:
    """Yield what is wrong with files, which may read what they record themselves.

    `alerts` are those that arrive at an Alertmanager; empty where they are not known.
    """
    written = [one for content in contents for one in content.expressions]
    known = replace(context, schema=with_recorded(context.schema, _subjects(written)))
    dashboards = [content.dashboard for content in contents if content.dashboard is not None]
    beside = [finding for one in dashboards for finding in dashboard_findings(one, known)]
    yield from expression_findings(written, known, beside=beside)
    for content in contents:
        if content.routing is not None:
            yield from routing_findings(replace(content.routing, alerts=tuple(alerts)))
        yield from stray(content.file, content.stray)


def _subjects(written: Iterable[Written]) -> Iterator[ExpressionSubject]:
    """Yield those that can be read."""
    for one in written:
        try:
            yield one.subject()
        except PromqlError:
            continue
