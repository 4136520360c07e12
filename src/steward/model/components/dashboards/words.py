"""What the queries and panels of many dashboards share."""

from steward.model.dashboard import Tone, ValueText

LATELY = "[$__rate_interval]"
"""The shortest range in which a counter is seen to grow, at the scale of the chart."""
SELDOM = "[5m]"
"""For what happens a few times a minute: looked at closer, it would be a comb."""
UP_OR_DOWN = (ValueText(1, "UP", Tone.GOOD), ValueText(0, "DOWN", Tone.BAD))
"""Of the series `up`."""
