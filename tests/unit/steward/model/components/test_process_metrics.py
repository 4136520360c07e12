"""What is declared of processes is what instruments tell of them, name by name and label by label."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from steward.instrument import Instruments
from steward.model import Metric
from steward.model.components import instrument_metrics
from steward.model.components.process_metrics import METRICS, METRICS_BY_WORKER


@pytest.mark.parametrize(("shared", "declared"), [(False, METRICS), (True, METRICS_BY_WORKER)])
async def test_declared_is_what_is_told(shared: bool, declared: Sequence[Metric], tmp_path: Path) -> None:
    instruments = Instruments((), directory=tmp_path if shared else None, process_metrics=True)
    text, _ = await instruments.expose()
    told = {
        (sample.name, family.type, frozenset(sample.labels))
        for family in parse(text.decode())
        for sample in family.samples
    }

    counted = {metric.name for metric in instrument_metrics.METRICS}
    assert {one for one in told if one[0] not in counted} == {
        (metric.name, metric.kind, frozenset(metric.label_names)) for metric in declared
    }


async def test_labels_hold_what_is_told() -> None:
    labels = {(metric.name, label.name): label for metric in METRICS for label in metric.labels}
    text, _ = await Instruments((), process_metrics=True).expose()

    for family in parse(text.decode()):
        for sample in family.samples:
            for name, value in sample.labels.items():
                assert labels[sample.name, name].allows(value)
