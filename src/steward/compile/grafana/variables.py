"""What whoever looks at a dashboard may choose."""

from steward.compile.grafana.sdk import dashboard
from steward.compile.grafana.source import prometheus_source
from steward.model.dashboard import Variable

_EVERYTHING = ".*"
"""What `All` stands for in a matcher, so that it takes series without the label as well."""


def variable(declared: Variable) -> dashboard.VariableModel:
    """Return a list of a label's values, of which several may be chosen and all are at first."""
    values = f"label_values({declared.metric}, {declared.label})"
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.QUERY,
        name=declared.name,
        label=declared.title,
        query={"query": values, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        definition=values,
        datasource=prometheus_source(),
        current=dashboard.VariableOption(selected=True, text=["All"], value=["$__all"]),
        options=[],
        multi=True,
        include_all=True,
        all_value=_EVERYTHING,
        refresh=dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=dashboard.VariableSort.ALPHABETICAL_ASC,
    )
