"""The report of an incident, in the shape of the incident template."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from festivals.catalogue import CATALOGUE
from steward.oncall.domain.states import IncidentStatus
from steward.oncall.services.export import html, markdown
from steward.oncall.services.incident_work import Draft, Edit
from steward.oncall.store.database import Store
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import MovableClock

WHOLE = """\
## Incident: APIDown is wrong

**Severity:** Critical
**Status:** Resolved
**Start Time:** 2026-03-02 10:00 UTC
**End Time:** 2026-03-02 23:59 UTC

### Summary
No till could reach the API.

### Impact
- Nobody could pay
- 300 guests waited

### Timeline
- 10:00 - APIDown fires
- 10:00 - APIDown is wrong
- 10:00 - Incident opened: APIDown is wrong
- 10:02 - ann: `v42` was deployed
- 10:04 - Status Identified: set by ann
- 23:59 - Status Resolved: set by ann
- 2026-03-03 00:09 - ann:

  Afterwards

  ```
  # log
  boom
  ```

### Root Cause
#### Disk
full

### Resolution
Rolled back.

### Action Items
- [ ] Alert on the disk (bob)
- [x] Buy a disk

### Lessons Learned
_Not written yet._

### Graphs
**APIDown**, 2026-03-02 09:45 to 2026-03-03 00:09 UTC: [show it in Prometheus](<http://prometheus.example/graph?\
g0.expr=up+%3D%3D+0&g0.tab=0&g0.range_input=14h24m&g0.end_input=2026-03-03+00%3A09%3A00>)

```promql
up == 0
```
"""


@pytest.fixture
def desk(sqlite_store: Store, clock: MovableClock) -> IncidentDesk:
    return IncidentDesk(sqlite_store, clock)


def written(desk: IncidentDesk) -> int:
    incident = desk.incident_of(desk.page("APIDown", service="api"))
    assert incident is not None
    desk.clock.forward(timedelta(minutes=4))
    desk.notes(incident, "`v42` was deployed", at=desk.clock() - timedelta(minutes=2))
    desk.edits(
        incident,
        Edit(
            status=IncidentStatus.IDENTIFIED,
            summary="No till could reach the API.",
            impact="Nobody could pay\n300 guests waited",
            root_cause="# Disk\nfull",
            resolution="Rolled back.",
        ),
    )
    desk.adds_item(incident, "Alert on the disk", "bob")
    desk.adds_item(incident, "Buy a disk", done=True)
    desk.clock.forward(timedelta(hours=13, minutes=55))
    desk.edits(incident, Edit(status=IncidentStatus.RESOLVED))
    desk.clock.forward(timedelta(minutes=10))
    desk.notes(incident, "Afterwards\n\n```\n# log\nboom")
    return incident


def test_the_markdown_has_the_shape_of_the_template(desk: IncidentDesk) -> None:
    assert markdown(desk.report(written(desk))) == WHOLE


def test_one_that_has_just_been_opened_says_what_is_missing(desk: IncidentDesk) -> None:
    text = markdown(desk.report(desk.opens().id))
    assert "**End Time:** not resolved yet" in text
    assert text.count("_Not written yet._") == 5
    assert "### Action Items\nNone." in text
    assert "### Graphs" not in text


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_the_html_stands_alone_and_reads_the_same(desk: IncidentDesk) -> None:
    tags = Tags(html(desk.report(written(desk))))
    assert {"script", "img", "link", "iframe"}.isdisjoint(tags.found)
    assert [tags.found.count(tag) for tag in ("h1", "h2", "h3", "h4")] == [0, 1, 8, 1]
    for line in (
        "Severity: Critical",
        "10:02 - ann: v42 was deployed",
        "☐ Alert on the disk (bob)",
        "☑ Buy a disk",
    ):
        assert line in tags.shown


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "a\n### Root Cause\nmine"]
)
def test_what_labels_say_is_text(desk: IncidentDesk, name: str) -> None:
    incident = desk.incident_of(desk.page(name, service=name))
    assert incident is not None
    report = desk.report(incident)
    assert markdown(report).count("\n### ") == 8
    tags = Tags(html(report))
    assert tags.found.count("a") == 1
    assert "script" not in tags.found
    assert " ".join(name.split()) in tags.shown


@pytest.mark.parametrize(
    ("name", "part", "fires"),
    [
        ("APIDown", 'up{job="festivals-api"}', "== 0"),
        ("APIAvailabilityBurnRatePage", 'slo="api-availability"', ""),
    ],
)
def test_the_query_is_the_one_of_the_catalogue(desk: IncidentDesk, name: str, part: str, fires: str) -> None:
    desk.catalogue = CATALOGUE
    incident = desk.incident_of(desk.page(name, service="api"))
    assert incident is not None
    report = desk.report(incident)
    (graph,) = report.graphs
    assert part in graph.query
    assert graph.fires == fires
    assert not fires or fires not in graph.query
    assert (f"**{name}** fires while it is `{fires}`, 2026" in markdown(report)) is bool(fires)


def test_a_query_cannot_break_out_of_its_block(desk: IncidentDesk) -> None:
    desk.generator_url = "http://evil.example/?g0.expr=up%0A%60%60%60%0A%23%23%23+Mine"
    incident = desk.incident_of(desk.page("APIDown", service="api"))
    assert incident is not None
    assert "````promql\nup\n```\n### Mine\n````" in markdown(desk.report(incident))


def test_many_alerts_of_a_minute_are_one_line(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    for number in range(9):
        desk.joins(page, "APIDown", service="api", instance=str(number))
    incident = desk.incident_of(page)
    assert incident is not None
    assert "- 10:00 - 10 alerts fire: APIDown (10 times)\n" in markdown(desk.report(incident))


def test_a_report_of_an_incident_that_was_opened_late_begins_where_it_began(desk: IncidentDesk) -> None:
    opened = desk.opens(Draft("x", "warning", started_at=desk.clock() - timedelta(hours=11)))
    text = markdown(desk.report(opened.id))
    assert "**Start Time:** 2026-03-01 23:00 UTC" in text
    assert "- 2026-03-02 10:00 - ann opened the incident: x" in text
