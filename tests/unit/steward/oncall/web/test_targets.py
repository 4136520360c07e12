"""Targets in the order in which somebody wants to see them."""

from dataclasses import replace

from steward.oncall.prometheus import ScrapedTarget
from steward.oncall.web.console.targets import absent, ordered
from steward.testing.shop import shop_with

UP = ScrapedTarget("node", "a:1", "http://a:1/metrics", "up", "", None, 0.01)


def test_what_is_down_comes_first_then_what_was_not_scraped_yet() -> None:
    down = replace(UP, job="zoo", health="down", last_error="refused")
    new = replace(UP, health="unknown")
    cache = replace(UP, job="cache")

    assert ordered([UP, cache, new, down]) == [down, new, cache, UP]


def test_jobs_without_a_target_are_named() -> None:
    assert absent([UP], shop_with()) == ["api"]
    assert absent([UP, replace(UP, job="api")], shop_with()) == []
