"""After an outage of on-call itself: the alerts that fired and ended meanwhile.

Alertmanager never tells of them, and holds them no more. Prometheus remembers when each alert fired, so that the
history has them, though nobody is paged for what is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.domain.fingerprints import fingerprint
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.prometheus import Prometheus, Sample
from steward.oncall.services.alerts import take_in
from steward.oncall.services.intake import SOURCE
from steward.oncall.store import alerts
from steward.oncall.store.events import record
from steward.oncall.store.standing import standing

_LONGEST = timedelta(days=1)
"""Further back a subquery is too dear, and the news too old."""
_FINEST = timedelta(seconds=1)
_STEP = timedelta(seconds=15)
_OVER = 4
"""So many steps without a sample are an end."""
_NOT_THE_ALERTS = frozenset({"__name__", "alertstate"})


def fired_between(
    prometheus: Prometheus, since: datetime, now: datetime, *, catalogue: Catalogue, step: timedelta = _STEP
) -> list[IncomingAlert]:
    """Ask Prometheus for the alerts that fired since then and have ended, to the step; raises Unavailable.

    What fired several times counts once, from its first time to its last.
    """
    fine = max(step, _FINEST)
    window = f"[{_seconds(min(now - since, _LONGEST))}s:{_seconds(fine)}s]"
    times = f'timestamp(ALERTS{{alertstate="firing"}}){window}'
    first = {_key(one): one.value for one in prometheus.query(f"min_over_time({times})")}
    last = prometheus.query(f"max_over_time({times})")
    outside = dict(catalogue.collection.external_labels)
    return [
        _ended(one, _moment(first[_key(one)]), outside)
        for one in last
        if _key(one) in first and _moment(one.value) < now - fine * _OVER
    ]


def catch_up(
    connection: Connection,
    found: Sequence[IncomingAlert],
    *,
    since: datetime,
    now: datetime,
    catalogue: Catalogue,
) -> int:
    """Keep those of which nothing is known, for the history, and the outage itself; return how many they were."""
    firing = standing(connection, SOURCE)
    over = [one for one in found if one.fingerprint not in firing]
    before = _known(connection, over)
    take_in(connection, over, source=SOURCE, now=now, catalogue=catalogue)
    after = _known(connection, over)
    new = sum(after.get(key) != before.get(key) for key in after)
    fired = f"{new} alert{'' if new == 1 else 's'} fired and ended"
    text = f"on-call was away since {since:%Y-%m-%d %H:%M:%S} UTC; {fired}"
    record(connection, "oncall.away", text, at=now)
    return new


def _known(connection: Connection, found: Iterable[IncomingAlert]) -> Mapping[str, datetime]:
    return alerts.last_resolved(connection, SOURCE, (one.fingerprint for one in found))


def _ended(sample: Sample, first: datetime, outside: Mapping[str, str]) -> IncomingAlert:
    labels = {**outside, **{name: text for name, text in sample.labels.items() if name not in _NOT_THE_ALERTS}}
    return IncomingAlert(
        fingerprint=fingerprint(labels),
        name=labels.get("alertname", ""),
        labels=labels,
        annotations={},
        starts_at=first,
        firing=False,
        ends_at=_moment(sample.value),
    )


def _key(sample: Sample) -> frozenset[tuple[str, str]]:
    return frozenset(sample.labels.items())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(length: timedelta) -> int:
    return max(1, round(length.total_seconds()))
