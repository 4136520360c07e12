"""What is watched of every program of the platform."""

from steward.model import Across, Gauge, Unit

START_TIME = Gauge(
    "festivals_process_start_time_seconds",
    "When the program last started, in seconds since 1970; it changes with each deployment and each crash.",
    unit=Unit.SECONDS,
    across=Across.MAX,
)

METRICS = (START_TIME,)
