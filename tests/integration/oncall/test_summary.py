"""The summary of what is open in the store."""

from steward.oncall.services.alerts import take_in
from steward.oncall.services.summary import open_now
from steward.oncall.store.database import Store
from steward.testing.oncall import MONDAY, SHOP, incoming


def test_summary_counts_what_is_open(store: Store) -> None:
    alerts = [incoming("Down"), incoming("Slow", severity="warning"), incoming("Late", severity="warning")]
    quiet = incoming("Late", severity="warning", silenced=True)
    with store.write() as connection:
        take_in(connection, alerts, source="alertmanager", now=MONDAY, catalogue=SHOP)
        take_in(connection, [quiet], source="alertmanager", now=MONDAY, catalogue=SHOP)
    with store.read() as connection:
        now = open_now(connection)

    assert dict(now.firing) == {"critical": 1, "warning": 2}
    assert now.silenced == 1
    assert sum(now.pages.values()) == 3
    assert now.incidents == 1
