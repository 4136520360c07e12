"""The columns of a table: which, in which order, under which heading.

Grafana joins the queries' rows by equal labels and calls the column of query A `Value #A`; of a lone query
`Value`.
"""

from steward.compile.grafana.sdk import dashboard
from steward.model.dashboard import Table

_VALUE = "Value"
_TIME = "Time"


def transformations(panel: Table) -> list[dashboard.DataTransformerConfig]:
    """Return what Grafana does with the answers before it shows them as a table."""
    joined = dashboard.DataTransformerConfig(id_val="merge", options={})
    if not panel.columns_shown:
        return [joined, _organized(exclude={_TIME: True})]
    names = [field_name(panel, source) for source, _ in panel.columns_shown]
    chosen = dashboard.DataTransformerConfig(id_val="filterFieldsByName", options={"include": {"names": names}})
    headings = {name: heading for name, (_, heading) in zip(names, panel.columns_shown, strict=True)}
    order = {name: place for place, name in enumerate(names)}
    return [joined, chosen, _organized(rename=headings, order=order)]


def sorted_by(panel: Table) -> str | None:
    """Return the heading of the first column of values, which the largest leads; None where none is shown."""
    for source, heading in panel.columns_shown:
        if source.startswith(f"{_VALUE} "):
            return heading
    return None


def field_name(panel: Table, source: str) -> str:
    """Return Grafana's name of a column that the catalogue calls `source`."""
    word, _, letter = source.partition(" ")
    if word != _VALUE or not letter:
        return source
    return f"{_VALUE} #{letter}" if len(panel.queries) > 1 else _VALUE


def _organized(
    *,
    exclude: dict[str, bool] | None = None,
    order: dict[str, int] | None = None,
    rename: dict[str, str] | None = None,
) -> dashboard.DataTransformerConfig:
    options = {"excludeByName": exclude or {}, "indexByName": order or {}, "renameByName": rename or {}}
    return dashboard.DataTransformerConfig(id_val="organize", options=options)
