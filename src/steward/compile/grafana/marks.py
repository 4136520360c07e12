"""What is marked in every chart of a dashboard."""

from steward.compile.grafana.sdk import common, dashboard
from steward.compile.grafana.source import prometheus_source
from steward.model.dashboard import Annotation


def built_in() -> dashboard.AnnotationQuery:
    """Return the notes that people put into Grafana's charts; it adds them to a dashboard that lacks them."""
    return dashboard.AnnotationQuery(
        name="Annotations & Alerts",
        datasource=common.DataSourceRef("grafana", "-- Grafana --"),
        hide=True,
        icon_color="rgba(0, 211, 255, 1)",
        type_val="dashboard",
        built_in=1,
    )


def mark(declared: Annotation) -> dashboard.AnnotationQuery:
    """Return what is asked, and what is written at the mark.

    It is the title: where there is none Grafana writes the label `alertname` above the text.
    """
    return dashboard.AnnotationQuery(
        name=declared.name,
        datasource=prometheus_source(),
        icon_color=declared.tone.value,
        expr=declared.expr,
        title_format=declared.text,
        text_format="",
    )
