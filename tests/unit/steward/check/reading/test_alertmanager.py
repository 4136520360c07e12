import pytest

from steward.check.reading.alertmanager import read_alertmanager
from steward.check.reading.errors import Unreadable
from steward.model import LabelMatch

CONFIGURATION = """\
global: {resolve_timeout: 5m}
route:
  receiver: mail
  group_by: [alertname]
  routes:
    - match: {severity: critical}
      match_re: {service: "api|admin"}
      receiver: pager
      continue: true
    - matchers:
        - severity = "info"
        - team!~"a|b"
      routes:
        - matchers: ['{path="a,b", x!=y}']
receivers:
  - name: mail
    email_configs: [{to: a@example.com}]
  - name: pager
inhibit_rules:
  - source_match: {severity: critical}
    target_matchers: [severity="warning"]
    equal: [service]
"""


def test_routes_are_read_in_either_notation() -> None:
    root = read_alertmanager("am.yml", CONFIGURATION).root
    critical, info = root.routes

    assert (root.receiver, root.group_by) == ("mail", ("alertname",))
    assert critical.matches == (LabelMatch("severity", "=", "critical"), LabelMatch("service", "=~", "api|admin"))
    assert (critical.receiver, critical.goes_on) == ("pager", True)
    assert info.matches == (LabelMatch("severity", "=", "info"), LabelMatch("team", "!~", "a|b"))
    assert info.receiver == "mail"
    assert info.routes[0].matches == (LabelMatch("path", "=", "a,b"), LabelMatch("x", "!=", "y"))


def test_receivers_say_whether_they_tell_anybody() -> None:
    assert read_alertmanager("am.yml", CONFIGURATION).receivers == {"mail": True, "pager": False}


def test_inhibitions_are_read() -> None:
    (inhibition,) = read_alertmanager("am.yml", CONFIGURATION).inhibitions

    assert inhibition.source == (LabelMatch("severity", "=", "critical"),)
    assert inhibition.target == (LabelMatch("severity", "=", "warning"),)
    assert inhibition.equal == ("service",)


def test_what_is_no_matcher_is_told_with_its_line() -> None:
    text = CONFIGURATION.replace('severity = "info"', "severity is info")

    with pytest.raises(Unreadable, match=r"am\.yml:11: .* is no matcher"):
        read_alertmanager("am.yml", text)
