"""Tests for promtool, made from an objective: that its rules measure rightly, and that its alerts fire and end."""

from steward.compile.slo.proof.files import slo_tests

__all__ = ["slo_tests"]
