"""Asks every check about some expressions, and sees which findings are meant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from steward.check.accepting import marked, vain
from steward.check.finding import Finding
from steward.check.reading.written import Written
from steward.check.registry import EXPRESSION_CHECKS, NAMES, NEED_NOTHING, RULE_SET_CHECKS
from steward.check.shape import Context, ExpressionSubject
from steward.check.together import Together
from steward.promql import PromqlError

Readable = list[tuple[Written, ExpressionSubject]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The checks that are asked for."""

    only: frozenset[str] = frozenset()
    """Empty for all of them."""
    ignore: frozenset[str] = frozenset()

    def takes(self, check: str) -> bool:
        """Tell whether findings of a check are wanted."""
        return check not in self.ignore and (not self.only or check in self.only)


EVERYTHING = Selection()


def expression_findings(
    written: Sequence[Written],
    context: Context,
    selection: Selection = EVERYTHING,
    beside: Iterable[Finding] = (),
) -> Iterator[Finding]:
    """Yield what is wrong with expressions, by expression; those that are meant say so in `accepted`.

    `beside` is what other checks found in the same panels and alerts, so that what is accepted there holds for
    it as well.
    """
    pairs: Readable = []
    broken: dict[int, Finding] = {}
    for one in written:
        try:
            pairs.append((one, one.subject()))
        except PromqlError as error:
            broken[id(one)] = one.unreadable(error)
    subjects = {id(one): subject for one, subject in pairs}
    together = _together(pairs, context)
    ran = NAMES if context.knows_metrics else NEED_NOTHING
    others = Together(written, beside)
    for one in written:
        if id(one) in broken:
            found = [broken[id(one)]]
        else:
            found = [*_alone(one, subjects[id(one)], context), *together.get(id(one), ())]
        told = [*marked(found, one.accepts)]
        if (whole := others.complete(one, found)) is not None:
            told += [*marked(whole.beside, one.accepts), *vain(whole.found, one.accepts, one.place, ran, NAMES)]
        yield from (finding for finding in told if selection.takes(finding.check))
    yield from (finding for finding in others.left() if selection.takes(finding.check))


def _alone(one: Written, subject: ExpressionSubject, context: Context) -> Iterator[Finding]:
    for check in EXPRESSION_CHECKS:
        for problem in check.check(subject, context):
            yield one.finding(check.NAME, check.WHY, problem)


def _together(pairs: Readable, context: Context) -> dict[int, list[Finding]]:
    """Return what checks of all rules find, by the identity of the expression that it is told at."""
    home = {id(subject): one for one, subject in pairs}
    subjects = [subject for _, subject in pairs]
    found: dict[int, list[Finding]] = {}
    for check in RULE_SET_CHECKS:
        for subject, problem in check.check(subjects, context):
            one = home[id(subject)]
            found.setdefault(id(one), []).append(one.finding(check.NAME, check.WHY, problem))
    return found
