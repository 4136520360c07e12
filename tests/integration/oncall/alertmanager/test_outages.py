"""Nothing is lost between a real Alertmanager and on-call, whichever of them is away.

Alertmanager's own intervals say how long an outage is to it. Here they are seconds instead of minutes, and an
outage lasts until Alertmanager has given up on a notification, which takes it ten seconds: what follows is the
same as after ten minutes, which only hold more of that.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from steward.model.components.oncall_metrics import RECONCILIATIONS
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Wish
from steward.oncall.domain.states import PageState, SilenceKind, SourceState
from steward.oncall.services import silence_requests, silences
from steward.oncall.services.reconciliation import PATIENCE
from steward.oncall.worker.reconcile import Comparer, Pace
from steward.testing.alertmanagers import AlertmanagerServer, firing, resolved
from steward.testing.polling import eventually

if TYPE_CHECKING:
    from tests.integration.oncall.alertmanager.conftest import Service, Start

pytestmark = pytest.mark.slow


def states(service: "Service", name: str) -> list[SourceState]:
    return [SourceState(row.source_state) for row in service.alerts(name)]


def paged(service: "Service") -> list[str]:
    return [str(row.title).partition(":")[0] for row in service.pages()]


def fires(service: "Service", name: str) -> None:
    eventually(f"{name} has come", lambda: states(service, name) == [SourceState.FIRING])


def is_over(service: "Service", name: str) -> None:
    eventually(f"{name} is over", lambda: states(service, name) == [SourceState.RESOLVED])


def outlast(server: AlertmanagerServer) -> None:
    """Wait until it has given up on something; it begins anew at the next flush."""
    eventually("Alertmanager has given up", lambda: server.given_up() > 0)


def test_receiver_down_and_back(start: "Start") -> None:
    service, (server,) = start()
    before, during = firing("Before"), firing("During")
    server.tell(before)
    fires(service, "Before")
    service.down()
    server.tell(during, resolved(before))
    outlast(server)
    assert states(service, "During") == []
    service.up()
    fires(service, "During")
    is_over(service, "Before")
    assert paged(service) == ["Before", "During"]


def test_fire_and_resolve_inside_the_outage(start: "Start") -> None:
    """Alertmanager never tells of it, and nothing of it haunts on-call afterwards."""
    service, (server,) = start()
    service.down()
    alert = firing("Blink")
    server.tell(alert)
    eventually("Alertmanager tries in vain", lambda: server.failed_attempts() > 0)
    server.tell(resolved(alert))
    outlast(server)
    service.up()
    server.tell(firing("After"))
    fires(service, "After")
    service.reconcile()
    assert states(service, "Blink") == []
    assert paged(service) == ["After"]


def test_fire_and_resolve_while_only_the_webhook_is_down(start: "Start") -> None:
    """The comparison sees what Alertmanager cannot tell."""
    service, (server,) = start()
    service.down()
    alert = firing("Blink")
    server.tell(alert)
    service.reconcile()
    assert states(service, "Blink") == [SourceState.FIRING]
    assert paged(service) == ["Blink"]
    server.tell(resolved(alert))
    service.reconcile()
    assert states(service, "Blink") == [SourceState.RESOLVED]
    service.reconcile()
    assert states(service, "Blink") == [SourceState.RESOLVED]


def test_silenced_while_firing(start: "Start") -> None:
    service, (server,) = start()
    alert = firing("APIDown")
    server.tell(alert)
    fires(service, "APIDown")
    silence_id = server.silence(alertname="APIDown")
    service.reconcile()
    assert [row.silenced for row in service.alerts("APIDown")] == [True]
    assert [(row.held, row.state) for row in service.pages()] == [(True, PageState.OPEN)]
    server.unsilence(silence_id)
    service.reconcile()
    assert [row.silenced for row in service.alerts("APIDown")] == [False]
    assert [(row.held, row.state) for row in service.pages()] == [(False, PageState.OPEN)]
    server.silence(alertname="APIDown")
    service.reconcile()
    server.tell(resolved(alert))
    service.reconcile()
    assert states(service, "APIDown") == [SourceState.RESOLVED]
    assert len(service.pages()) == 1


def silence(service: "Service", name: str) -> silence_requests.Made:
    context = service.context
    now = context.clock()
    lasts = silences.length("2h", catalogue=context.catalogue)
    matchers = silences.about(name, ())
    wish = Wish(SilenceKind.SILENCE, matchers, now, now + lasts, "Maintenance window", "ann", name)
    return silence_requests.make(
        context.store, context.alertmanagers, wish, actor="ann", now=now, catalogue=context.catalogue
    )


def living(server: AlertmanagerServer) -> list[str]:
    return [one["comment"] for one in server.silences() if one["status"]["state"] == "active"]


def test_alertmanager_killed_with_fresh_silences(start: "Start") -> None:
    service, (server,) = start()
    alert = firing("APIDown")
    server.tell(alert)
    fires(service, "APIDown")
    made = silence(service, "APIDown")
    assert [one.name for one in made.covers or ()] == ["APIDown"]
    assert made.silence.observed[server.address].phase is SilencePhase.ACTIVE
    assert [row.held for row in service.pages()] == [True], "its escalation waits from this moment on"
    before = living(server)
    server.kill()
    server.start()
    assert living(server) == []
    service.age_silences()
    service.reconcile(PATIENCE)
    assert living(server) == before == [made.silence.comment]
    assert service.events().count("silence.lost") == 1
    service.reconcile(PATIENCE)
    assert living(server) == before
    assert states(service, "APIDown") == [SourceState.FIRING], "it lost the alert too, which is no end of it"
    server.tell(alert)
    service.reconcile(PATIENCE)
    assert [row.silenced for row in service.alerts("APIDown")] == [True]


@pytest.mark.parametrize("peers", [True, False], ids=["peers", "strangers"])
def test_two_alertmanagers_sending_the_same_alert(start: "Start", peers: bool) -> None:
    service, servers = start(2, peers=peers)
    alert = firing("APIDown")
    for server in servers:
        server.tell(alert)
    fires(service, "APIDown")
    for server in servers:
        server.tell(firing("APIDown", instance="b"))
    eventually("both have come", lambda: len(service.alerts("APIDown")) == 2)
    service.reconcile()
    assert states(service, "APIDown") == [SourceState.FIRING, SourceState.FIRING]
    assert [row.alerts_total for row in service.pages()] == [2]
    servers[0].tell(resolved(alert))
    service.reconcile()
    servers[1].tell(resolved(alert))
    eventually("one is over", lambda: sorted(states(service, "APIDown")) == ["firing", "resolved"])
    service.reconcile()
    assert sorted(states(service, "APIDown")) == ["firing", "resolved"]
    assert len(service.pages()) == 1


def test_comparisons_are_counted_by_how_many_answered(start: "Start") -> None:
    service, servers = start(2)
    comparer = Comparer(service.context, Pace(timedelta()))
    instruments = service.context.metrics.instruments

    for outcome, server in zip(("complete", "partial", "failed"), (*servers, None), strict=True):
        comparer.take_turn()
        assert instruments.total(RECONCILIATIONS, outcome=outcome) == 1
        if server is not None:
            server.stop()
    assert instruments.total(RECONCILIATIONS) == 3


def test_peers_that_pass_silences_to_each_other_end_up_with_one(start: "Start") -> None:
    service, servers = start(2, peers=True)
    made = silence(service, "APIDown")
    assert all(one.holds for one in made.silence.observed.values())
    eventually("each has both", lambda: all(len(living(one)) == 2 for one in servers) or None)
    service.age_silences()
    service.reconcile()

    def one_stays() -> bool:
        service.reconcile()
        return all(living(one) == [made.silence.comment] for one in servers)

    eventually("one stays", one_stays)
    ended = silence_requests.end(
        service.context.store,
        service.context.alertmanagers,
        [made.silence],
        actor="ann",
        now=service.context.clock(),
    )
    assert [one.wanted for one in ended] == [False]

    def none_stays() -> bool:
        service.reconcile()
        return not any(living(one) for one in servers)

    eventually("none stays", none_stays)


def test_what_somebody_ends_in_alertmanager_stays_ended(start: "Start") -> None:
    service, (server,) = start()
    made = silence(service, "APIDown")
    service.age_silences()
    service.reconcile()
    server.unsilence(made.silence.observed[server.address].id)
    service.reconcile()
    service.reconcile()
    assert living(server) == []
    assert service.events() == ["silence.created", "silence.cancelled"]


def test_a_silence_that_alertmanager_could_not_be_told_of_is_told_later(start: "Start") -> None:
    service, (server,) = start()
    server.stop()
    made = silence(service, "APIDown")
    assert made.covers is None
    assert "does not answer" in made.silence.observed[server.address].problem
    server.start()
    service.age_silences()
    service.reconcile()
    assert living(server) == [made.silence.comment]
    server.stop()
    silence_requests.end(
        service.context.store,
        service.context.alertmanagers,
        [made.silence],
        actor="ann",
        now=service.context.clock(),
    )
    server.start()
    assert living(server) == [made.silence.comment]
    service.reconcile()
    assert living(server) == []
