"""The service as a part of a catalogue speaks of the same variables as the program that it starts."""

from steward.instrument import Instruments
from steward.model.components import oncall
from steward.model.components.oncall_metrics import COUNTED
from steward.oncall import settings
from steward.oncall.metrics import OnCallMetrics
from steward.program.settings import Setting

SERVICE = oncall("shop.catalogue:SHOP", sender="alerts@shop.example")
assert SERVICE.native is not None
HANDED = {name for name, _ in (*SERVICE.environment, *SERVICE.native.environment)}
SETTINGS = set(SERVICE.native.settings)
READ = {value.variable for value in vars(settings).values() if isinstance(value, Setting)}


def test_every_variable_that_is_handed_over_is_read() -> None:
    assert HANDED | SETTINGS <= READ


def test_no_variable_that_the_program_reads_is_lost_on_the_way() -> None:
    """What starts with STEWARD_ stops at the supervisor, unless it is named."""
    lost = {name for name in READ - HANDED - SETTINGS if name.startswith("STEWARD_")}

    # The supervisor sets the scale itself. Its own probe comes from loopback, so that must be trusted.
    assert lost == {"STEWARD_TIME_SCALE", "STEWARD_ONCALL_TRUST_LOOPBACK"}


def test_secrets_are_handed_over_as_files_only() -> None:
    for name, value in SERVICE.environment:
        if "{secret." in value:
            assert name.endswith("_FILE")
    assert {"oncall-webhook-token", "oncall-signing-key"} == {one.name for one in SERVICE.secrets if one.generated}


def test_metrics_can_be_counted_together() -> None:
    OnCallMetrics(Instruments(COUNTED))
