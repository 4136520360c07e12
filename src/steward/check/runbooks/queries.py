"""The queries of the pages, for the checks of expressions; and those that are none."""

from collections.abc import Iterable, Iterator

from steward.check.finding import Finding, Level, Place
from steward.check.runbooks.page import Block, Runbook
from steward.check.shape import ExpressionSubject, Use
from steward.promql import PromqlError, parse

NAME = "runbook-query-unreadable"
WHY = "Whoever pastes the query at night gets an error for an answer."


def query_subjects(pages: Iterable[Runbook]) -> Iterator[ExpressionSubject]:
    """Yield each query that can be read; of the others `unreadable_queries` tells."""
    for page, block in _queries(pages):
        try:
            node = parse(block.text)
        except PromqlError:
            continue
        yield ExpressionSubject(Use.RUNBOOK, page.slug, block.text, node, _place(page, block))


def unreadable_queries(pages: Iterable[Runbook]) -> Iterator[Finding]:
    """Yield each block of PromQL that is no expression."""
    for page, block in _queries(pages):
        try:
            parse(block.text)
        except PromqlError as error:
            yield Finding(
                NAME,
                Level.ERROR,
                _place(page, block),
                f"the query cannot be read: {error.message}",
                WHY,
                "write one whole expression a block, without placeholders",
                block.text,
                error.span,
            )


def _queries(pages: Iterable[Runbook]) -> Iterator[tuple[Runbook, Block]]:
    for page in pages:
        for block in page.queries:
            yield page, block


def _place(page: Runbook, block: Block) -> Place:
    return Place(page.file, block.line, f"query in {page.slug}")
