"""How the values of a panel are written and coloured."""

from steward.compile.grafana.numbers import plain
from steward.compile.grafana.sdk import dashboard
from steward.model.dashboard import NO_THRESHOLDS, Panel, Pie, Thresholds, TimeSeries, ValueText


def field_config(panel: Panel, custom: object) -> dashboard.FieldConfigSource:
    """Return unit, scale, thresholds and words of a panel; `custom` is what only its kind has."""
    defaults = dashboard.FieldConfig(
        unit=panel.unit.value,
        decimals=panel.decimals,
        min_val=plain(panel.smallest),
        max_val=plain(panel.largest),
        thresholds=_thresholds(panel.thresholds),
        mappings=_mappings(panel.texts),
        color=dashboard.FieldColor(mode=_colouring(panel)),
        no_value=panel.when_empty or None,
        custom=custom,
    )
    return dashboard.FieldConfigSource(defaults=defaults, overrides=[])


def has_thresholds(panel: Panel) -> bool:
    """Tell whether a panel's values have colours of their own."""
    return panel.thresholds != NO_THRESHOLDS


def _colouring(panel: Panel) -> dashboard.FieldColorModeId:
    if isinstance(panel, TimeSeries | Pie):
        return dashboard.FieldColorModeId.PALETTE_CLASSIC
    return dashboard.FieldColorModeId.THRESHOLDS


def _thresholds(thresholds: Thresholds) -> dashboard.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=thresholds.base.value)]
    steps += [dashboard.Threshold(value=plain(value), color=tone.value) for value, tone in thresholds.steps]
    return dashboard.ThresholdsConfig(mode=dashboard.ThresholdsMode.ABSOLUTE, steps=steps)


def _mappings(texts: tuple[ValueText, ...]) -> list[dashboard.ValueMapping]:
    if not texts:
        return []
    options = {
        f"{one.value:g}": dashboard.ValueMappingResult(text=one.text, color=one.tone.value, index=place)
        for place, one in enumerate(texts)
    }
    return [dashboard.ValueMap(options=options)]
