"""When the program started, which marks deployments in charts."""

import time

from festivals.catalogue.process import START_TIME
from steward.instrument import Instruments


def tell_start(instruments: Instruments) -> None:
    """Say that the program starts now; of several processes the last to start counts."""
    instruments.gauge(START_TIME).set(time.time())
