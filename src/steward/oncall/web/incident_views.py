"""Incidents as the API takes and shows them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steward.oncall.domain.states import IncidentStatus, PageState, SourceState
from steward.oncall.domain.timeline import Entry
from steward.oncall.services.export import Report
from steward.oncall.services.timeline import LONGEST_NOTE
from steward.oncall.store.action_items import ActionItem
from steward.oncall.store.incidents import RelatedPage
from steward.oncall.web import patterns

LARGEST_ID = 2**63 - 1

Line = Annotated[str, Field(max_length=200, pattern=patterns.SAID_LINE)]
Name = Annotated[str, Field(max_length=100, pattern=patterns.LINE)]
Text = Annotated[str, Field(max_length=20_000, pattern=patterns.ANY, description="Markdown")]
Note = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE, pattern=patterns.ANY, description="Markdown")]
Past = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC))]


class IncidentSeverity(StrEnum):
    """How bad an incident is."""

    CRITICAL = "critical"
    WARNING = "warning"


class NewIncident(BaseModel):
    """An incident to open by hand."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    severity: IncidentSeverity = IncidentSeverity.CRITICAL
    team: Name = ""
    service: Annotated[Name, Field(description="critical pages of the team about this service join it")] = ""
    summary: Text = ""
    impact: Text = ""
    started_at: Annotated[Past | None, Field(description="null for now")] = None


class IncidentChange(BaseModel):
    """What shall be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=LARGEST_ID, description="the one that the change is made to")]
    status: IncidentStatus | None = None
    title: Line | None = None
    severity: IncidentSeverity | None = None
    summary: Text | None = None
    impact: Text | None = None
    root_cause: Text | None = None
    resolution: Text | None = None
    lessons: Text | None = None


class NewEntry(BaseModel):
    """Something to add to the timeline."""

    model_config = ConfigDict(extra="forbid")

    text: Note
    at: Annotated[Past | None, Field(description="when it happened; null for now")] = None


class NewItem(BaseModel):
    """Something to be done."""

    model_config = ConfigDict(extra="forbid")

    text: Line
    owner: Name = ""


class ItemChange(BaseModel):
    """Whether it is done."""

    model_config = ConfigDict(extra="forbid")

    done: bool


class IncidentView(BaseModel):
    """An incident without what belongs to it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    severity: str
    status: IncidentStatus
    team: str
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    quiet_since: datetime | None
    """Since when nothing of it fires; null while something does."""
    version: int


class Incidents(BaseModel):
    """Some incidents, the newest first."""

    incidents: list[IncidentView]
    next: int | None = None
    """Ask again with `before` set to it for older ones; null: there are no more."""


class EntryView(BaseModel):
    """A line of the timeline."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: str
    actor: str
    text: str
    note: str
    """What a person wrote, as Markdown; empty for what is no note."""

    @classmethod
    def of(cls, entries: tuple[Entry, ...]) -> list[Self]:
        """Show entries."""
        return [cls.model_validate(entry) for entry in entries]


class RelatedAlertView(BaseModel):
    """An alert of an incident; escape what you show of it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    severity: str
    labels: dict[str, str]
    starts_at: datetime
    source_state: SourceState
    resolved_at: datetime | None
    page_id: int | None


class RelatedPageView(BaseModel):
    """A page of an incident."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    severity: str
    state: PageState
    opened_at: datetime


class ItemView(BaseModel):
    """Something to be done."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    owner: str
    created_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, item: ActionItem) -> Self:
        """Show one."""
        return cls.model_validate(item)


class GraphView(BaseModel):
    """The query behind an alert, with the time to look at."""

    model_config = ConfigDict(from_attributes=True)

    alert: str
    query: str
    fires: str
    """What is wrong with its value, e.g. `> 0.05`; empty where it has one only while something is wrong."""
    start: datetime
    end: datetime
    url: str


class WholeIncident(IncidentView):
    """An incident with everything that belongs to it."""

    summary: str
    impact: str
    root_cause: str
    resolution: str
    lessons: str
    timeline: list[EntryView]
    alerts: list[RelatedAlertView]
    pages: list[RelatedPageView]
    action_items: list[ItemView]
    graphs: list[GraphView]

    @classmethod
    def of(cls, report: Report, pages: list[RelatedPage]) -> Self:
        """Show everything of an incident."""
        incident = report.incident
        return cls(
            **IncidentView.model_validate(incident).model_dump(),
            summary=incident.summary,
            impact=incident.impact,
            root_cause=incident.root_cause,
            resolution=incident.resolution,
            lessons=incident.lessons,
            timeline=EntryView.of(report.entries),
            alerts=[RelatedAlertView.model_validate(one) for one in report.alerts],
            pages=[RelatedPageView.model_validate(one) for one in pages],
            action_items=[ItemView.of(one) for one in report.items],
            graphs=[GraphView.model_validate(one) for one in report.graphs],
        )
