"""Pages follow alerts: opened, joined, held, settling; in the transaction that takes the alerts in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue, Policy, Severity
from steward.oncall.domain.escalation import Count, Take, begun, counted, decide, resumed
from steward.oncall.domain.grouping import dedup_key, page_key, page_title, storm_key, storm_title
from steward.oncall.domain.incoming import Change, ChangeKind
from steward.oncall.domain.page import Page, levels_of
from steward.oncall.domain.states import PageState
from steward.oncall.services.steps import Steps, on_call_of
from steward.oncall.store import pages


def follow(connection: Connection, changes: Sequence[Change], *, now: datetime, catalogue: Catalogue) -> None:
    """Let pages follow what changed of alerts that are written already."""
    if changes:
        _Following(Steps(connection, now, catalogue)).follow(changes)


def open_page(
    connection: Connection,
    *,
    key: str,
    title: str,
    severity: str,
    team: str,
    now: datetime,
    catalogue: Catalogue,
    dedup_key: str = "",
) -> int:
    """Open a page that is about no alert; return its id, or that of the one which is open under its key."""
    steps = Steps(connection, now, catalogue)
    draft = Draft(key, title, severity, team, dedup_key)
    page, is_new = _open(steps, draft)
    if is_new:
        after = _step_if_due(steps, page)
    elif page.closes_at is None:
        return page.id
    else:
        after = resumed(replace(page, closes_at=None), now, steps.oncall.business)
    steps.keep(after)
    steps.write()
    _tell_incidents(steps, [after])
    return page.id


def close_page(connection: Connection, key: str, *, now: datetime, catalogue: Catalogue) -> None:
    """Resolve the page that is open under a key, if there is one."""
    closing = list(pages.lock_open(connection, [key]).values())
    if closing:
        steps = Steps(connection, now, catalogue)
        steps.close(closing)
        steps.write()
        steps.follow_incidents(closing)


@dataclass(frozen=True, slots=True)
class Draft:
    """A page to be opened."""

    key: str
    title: str
    severity: str
    team: str
    dedup_key: str = ""
    held: bool = False


@dataclass(slots=True)
class _Touched:
    """A page, and what of its alerts changed."""

    page: Page
    is_new: bool
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class _Following:
    steps: Steps
    touched: dict[int, _Touched] = field(default_factory=dict)

    def follow(self, changes: Sequence[Change]) -> None:
        fired = _by_key(change for change in changes if change.kind is ChangeKind.FIRED and self._policy(change))
        others = [change for change in changes if change.kind is not ChangeKind.FIRED]
        pages_of = pages.page_of_alerts(self.steps.connection, [change.alert_id for change in others])
        found = pages.lock_open(self.steps.connection, {*fired, *(key for _, key in pages_of.values())})
        for change in others:
            page = found.get(pages_of.get(change.alert_id, (0, ""))[1])
            if page is not None:
                self._touch(page, [change])
        for key in sorted(fired):
            page, is_new = (found[key], False) if key in found else self._new(key, fired[key])
            self._touch(page, fired[key], is_new=is_new)
        self._count()
        self.steps.write()
        _tell_incidents(self.steps, [one.page for one in self.touched.values()])

    def _policy(self, change: Change) -> Policy | None:
        return self.steps.oncall.policy(Severity(change.severity))

    def _touch(self, page: Page, changes: Sequence[Change], *, is_new: bool = False) -> None:
        self.touched.setdefault(page.id, _Touched(page, is_new)).changes.extend(changes)

    def _new(self, key: str, changes: Sequence[Change]) -> tuple[Page, bool]:
        """Open a page, or where a team gets too many, find or open the one that counts the rest."""
        first = changes[0]
        severity, team, now = first.severity, first.team, self.steps.now
        held = all(change.alert.silenced for change in changes)
        oncall = self.steps.oncall
        since = now - timedelta(milliseconds=oncall.storm_within.milliseconds)
        if pages.opened_since(self.steps.connection, team, since) < oncall.storm_pages:
            title = page_title(first.alert.name, first.alert.annotations)
            group = dedup_key(first.alert.group_key) if first.alert.group_key else ""
            return _open(self.steps, Draft(key, title, severity, team, group, held))
        storm = pages.lock_storm(self.steps.connection, storm_key(severity=severity, team=team))
        if storm is not None:
            return self.touched[storm.id].page if storm.id in self.touched else storm, False
        storm_of = storm_key(severity=severity, team=team, first=key, opened_at=now)
        return _open(
            self.steps, Draft(storm_of, storm_title(severity=severity, team=team), severity, team, "", held)
        )

    def _count(self) -> None:
        fired = {
            one.page: [change.alert_id for change in one.changes if change.kind is ChangeKind.FIRED]
            for one in self.touched.values()
        }
        known = {one.page.id: self._known(one) for one in self.touched.values() if _only_heard(one)}
        pages.attach(self.steps.connection, {page: ids for page, ids in fired.items() if ids})
        exact = pages.count(self.steps.connection, [page_id for page_id in self.touched if page_id not in known])
        for page_id, one in self.touched.items():
            one.page = self._after(one, (exact | known).get(page_id, Count(0, 0, 0)))
            self.steps.keep(one.page)

    def _known(self, one: _Touched) -> Count:
        """Count without reading every alert of the page, which would make a storm slow."""
        fingerprints = {change.alert.fingerprint for change in one.changes}
        again = () if one.is_new else pages.known_fingerprints(self.steps.connection, one.page.id, fingerprints)
        new = len(fingerprints) - len(again)
        firing = len(one.changes)
        return Count(one.page.alerts_total + new, one.page.alerts_firing + firing, firing)

    def _after(self, one: _Touched, count: Count) -> Page:
        oncall = self.steps.oncall
        settles = timedelta(milliseconds=oncall.settles_after.milliseconds)
        after = counted(one.page, count, now=self.steps.now, settles=settles, business=oncall.business)
        self._say(one, after)
        return _step_if_due(self.steps, after)

    def _say(self, one: _Touched, after: Page) -> None:
        before, say = one.page, self.steps.say
        more = after.alerts_total - before.alerts_total
        if more and not one.is_new:
            say(after, "page.joined", f"{more} more alert{'s' if more > 1 else ''}: {after.alerts_total} in all")
        if before.closes_at is None and after.closes_at is not None:
            say(after, "page.settling", f"Its alerts have ended; closes at {after.closes_at:%H:%M:%S} UTC")
        if before.closes_at is not None and after.closes_at is None:
            say(after, "page.fired_again", "Fires again before it was closed")
        if after.held and (one.is_new or not before.held):
            say(after, "page.held", "Every alert that fires is silenced: nobody is told")
        if before.held and not after.held:
            kind = "page.released" if after.state is PageState.OPEN else "page.heard"
            say(after, kind, "The silence is over, and it still fires")


def _by_key(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        key = page_key(change.alert.labels, severity=change.severity, team=change.team)
        found.setdefault(key, []).append(change)
    return found


def _only_heard(one: _Touched) -> bool:
    return all(change.kind is ChangeKind.FIRED and not change.alert.silenced for change in one.changes)


def _open(steps: Steps, draft: Draft) -> tuple[Page, bool]:
    """Return a new page with its policy at the beginning, or the one that is open under its key; locked."""
    while True:
        new = begun(_first(steps, draft), steps.now, steps.oncall.business)
        page_id = pages.insert(steps.connection, new)
        if page_id is not None:
            page = replace(new, id=page_id)
            steps.say(
                page,
                "page.opened",
                f"Page opened: {page.title}",
                data={"severity": page.severity, "team": page.team},
            )
            return page, True
        # Another replica was quicker; the page may be resolved again before it is seen.
        found = pages.lock_open(steps.connection, [draft.key])
        if draft.key in found:
            return found[draft.key], False


def _first(steps: Steps, draft: Draft) -> Page:
    own = dedup_key(f"{draft.key} {steps.now.isoformat()}")
    joined = draft.dedup_key or own
    # An end that PagerDuty has not heard of yet would end the new page there too.
    taken = joined != own and pages.dedup_key_is_taken(steps.connection, joined)
    return Page(
        id=0,
        key=draft.key,
        title=draft.title,
        severity=draft.severity,
        team=draft.team,
        dedup_key=own if taken else joined,
        levels=levels_of(on_call_of(steps.catalogue).policy(Severity(draft.severity))),
        state=PageState.OPEN,
        opened_at=steps.now,
        counted_from=steps.now,
        held=draft.held,
    )


def _step_if_due(steps: Steps, page: Page) -> Page:
    """Take a level that is due in the same transaction, so that whoever is answered 200 knows it is written."""
    match decide(page, steps.now):
        case Take(late_by=late_by):
            return steps.tell(page, late_by)
        case _:
            return page


def _tell_incidents(steps: Steps, touched: Iterable[Page]) -> None:
    for page in touched:
        critical = page.severity == Severity.CRITICAL.value
        if critical and page.incident_id is None and not page.held and page.closes_at is None:
            steps.follow_incidents([page], new=True)
        else:
            steps.follow_incidents([page])
