"""What instruments count of themselves, declared here so that a catalogue can watch it."""

from steward.model.label import Label
from steward.model.metric import Counter

METRIC = Label.bounded("metric", 1000, "the name of a metric with labels")

SERIES_DROPPED = Counter(
    "steward_instrument_series_dropped_total",
    "Times that label values which the catalogue does not foresee were counted as `other`, by metric.",
    (METRIC,),
)

METRICS = (SERIES_DROPPED,)
