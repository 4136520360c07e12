"""Compiles objectives to rules: from two base series to windows, budgets and alerts, and to tests of all that."""

from steward.compile.slo.files import slo_files
from steward.compile.slo.proof import slo_tests

__all__ = ["slo_files", "slo_tests"]
