"""Label values for the tests' series."""

import pytest

from steward.compile.slo.proof.witness import between, matching, selected
from steward.model import Label

STATUS = Label.closed("status", "200", "404", "500", "503")
PATH = Label.bounded("path", 9, "route template")
LABELS = (STATUS, PATH)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("m", {"status": "200", "path": "some"}),
        ('m{status=~"5.."}', {"status": "500", "path": "some"}),
        ('m{status!="200"}', {"status": "404", "path": "some"}),
        ('m{status!~"[24].."}', {"status": "500", "path": "some"}),
        ('m{path="/wallets"}', {"status": "200", "path": "/wallets"}),
        ('m{path=~"/wallets|/tickets"}', {"status": "200", "path": "/wallets"}),
    ],
)
def test_values_match(selector: str, expected: dict[str, str]) -> None:
    assert matching(LABELS, selected(selector)) == expected


def test_values_match_one_selector_and_not_the_other() -> None:
    found = between(LABELS, selected('m{status=~"[45].."}'), selected('m{status=~"4.."}'))
    assert found == {"status": "500", "path": "some"}
