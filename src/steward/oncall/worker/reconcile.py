"""Compare with Alertmanagers again and again; with several replicas one of them at a time."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from steward.oncall.context import Context
from steward.oncall.domain.observed import Observed
from steward.oncall.errors import Unavailable
from steward.oncall.services import catch_up, reminders, write_through
from steward.oncall.services.reconciliation import PATIENCE, Patience, Reconciled, reconcile
from steward.oncall.services.write_through import Outcome
from steward.oncall.store import heartbeats
from steward.oncall.worker.pause import pause

TURN = "reconciliation"
"""Name of the heartbeat by which replicas take turns."""

_EVERY = timedelta(seconds=15)
_LEAST = timedelta(seconds=1)
_EARLY = 0.8
"""A turn may come a little early, so that a replica's own pace decides."""

_AWAY = 8
"""So many rounds left out are an outage of on-call."""

_LOG = structlog.stdlib.get_logger(__name__)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Compare until `stopping` is set."""
    comparer = Comparer(context, Pace.of(context.settings.time_scale))
    while not stopping.is_set():
        await asyncio.to_thread(comparer.take_turn)
        await pause(stopping, comparer.pace.every.total_seconds())


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, and how patient."""

    every: timedelta = _EVERY
    patience: Patience = PATIENCE

    @classmethod
    def of(cls, factor: float) -> "Pace":
        """Return the pace of a time scale; what Prometheus and Alertmanager need for themselves is not scaled."""
        return cls(
            max(_EVERY / factor, _LEAST),
            Patience(PATIENCE.before_new / factor, PATIENCE.after_start, PATIENCE.after_end / factor),
        )


@dataclass(slots=True)
class Comparer:
    """Compares, and remembers what on-call has yet to catch up with."""

    context: Context
    pace: Pace
    away_since: datetime | None = None
    """When on-call was last at work before an outage that was not looked into yet."""

    def take_turn(self) -> Reconciled | None:
        """Compare once, unless another replica just did; None also where no Alertmanager answers."""
        context = self.context
        now = context.clock()
        with context.store.write() as connection:
            last = heartbeats.get(connection, TURN)
            if not heartbeats.claim(connection, TURN, now=now, every=self.pace.every * _EARLY):
                return None
            reminded = reminders.remind(connection, now=now, catalogue=context.catalogue)
        if reminded:
            context.wake()
        if last and now - last.last_at > self.pace.every * _AWAY and self.away_since is None:
            self.away_since = last.last_at
        if not context.alertmanagers.addresses:
            return None
        observed = context.alertmanagers.observe(now=context.clock())
        _count(context, observed)
        found = _compare(context, observed, self.pace.patience) if observed.answers else None
        if found is not None and self.away_since is not None:
            self._catch_up(self.away_since)
        return found

    def _catch_up(self, since: datetime) -> None:
        context, now = self.context, self.context.clock()
        try:
            unheard = catch_up.fired_between(
                context.prometheus, since, now, catalogue=context.catalogue, step=self.pace.every
            )
        except Unavailable as error:
            _LOG.warning("what fired while on-call was away is not known yet", problem=str(error))
            return
        with context.store.write() as connection:
            catch_up.catch_up(connection, unheard, since=since, now=now, catalogue=context.catalogue)
        self.away_since = None


def _compare(context: Context, observed: Observed, patience: Patience) -> Reconciled:
    with context.store.write() as connection:
        found = reconcile(
            connection, observed, now=context.clock(), catalogue=context.catalogue, patience=patience
        )
    if found.changes:
        context.wake()
    outcomes = write_through.carry_out(
        context.alertmanagers, write_through.commands(found.decisions), now=context.clock()
    )
    if outcomes:
        _tell(outcomes)
        with context.store.write() as connection:
            write_through.note(connection, outcomes)
    return found


def _count(context: Context, observed: Observed) -> None:
    outcome = "complete" if observed.complete else "partial" if observed.answers else "failed"
    context.metrics.reconciliations.labels(outcome=outcome).inc()
    for problem in observed.failures.values():
        _LOG.warning("Alertmanager does not answer", problem=problem)


def _tell(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        if one.seen.problem:
            _LOG.warning("silence not written", silence=one.silence.id, problem=one.seen.problem)
